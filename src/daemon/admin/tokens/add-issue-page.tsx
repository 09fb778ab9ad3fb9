import {describeAccounts} from '../../../broker/accounts.js'
import {mayActAs} from '../../../broker/choose-account.js'
import {issueByDelegate} from '../../../broker/delegate-api-token.js'
import {findNamedAccount} from '../../../broker/find-named-account.js'
import {toSubjectPattern, type IssuedToken} from '../../../broker/issue-api-token.js'
import {loadProviders} from '../../../broker/load-provider.js'
import {readAccounts} from '../../../broker/read-accounts.js'
import {nameOf, type NamedAccount} from '../../../model/account-name.js'
import {isActingScope} from '../../../model/api-token-scope.js'
import {API_TOKEN_ID_LENGTH} from '../../../model/api-token-text.js'
import {BehalfError} from '../../../model/behalf-error.js'
import {Secret} from '../../../model/secret.js'
import {addAction} from '../add-action.js'
import {addPage} from '../add-page.js'
import type {AdminDeps} from '../admin-deps.js'
import type {Admin, AdminContext, AdminSession} from '../admin-env.js'
import {Once} from '../once.js'
import type {FieldErrors} from '../parts/field.js'
import {foreseeTrouble} from './foresee-trouble.js'
import {exactNameOf, IssuePage, type IssueOffer} from './issue-page.js'
import {goToShown} from './new-token-page.js'
import {listScopeGroups} from './scope-choices.js'
import {readWish, toIssueInput, wishFields, type TokenWish} from './token-wish.js'

/** The form for a new API token, and what comes of it. */
export function addIssuePage(admin: Admin): void {
  const {deps} = admin
  const once = new Once<IssuedToken>()
  const fields = new WeakMap<BehalfError, string>()

  const show = async (context: AdminContext, wish: TokenWish, errors: FieldErrors = {}) => {
    const session = context.get('session')
    const offer = await makeOffer(deps, session, wish)
    return <IssuePage session={session} offer={offer} wish={wish} errors={errors} once={deps.random.token(16)} />
  }

  addPage(admin, '/admin/tokens/issue', (context) => show(context, readWish({})))

  addAction(admin, '/admin/tokens/issue', {
    fields: wishFields,
    async submit(context, {once: formKey, intent, wish}) {
      const {id: sessionId, delegate} = context.get('session')
      await checkNames(deps, wish, fields)
      if (intent === 'check') return show(context, wish)
      const id = await idOf(deps, [sessionId, formKey, wish])
      const issued = await once.run(id, () => issueByDelegate(deps, delegate, {...toIssueInput(wish), id}))
      deps.log.info('api-token-issued', {apiTokenId: id, sessionId})
      return goToShown(deps, context, issued)
    },
    showAgain: (context, {values, errors}) => show(context, readWish(values), errors),
    fieldOf: (error) => fields.get(error) ?? (error.code === 'unknown-scope' ? 'more_scopes' : undefined),
  })
}

/**
 * The same for the same form, filled in alike: sent twice it finds that there is such a token, on whichever daemon of the
 * store. Its secret is random, as all are.
 */
async function idOf({store}: Pick<AdminDeps, 'store'>, form: unknown): Promise<string> {
  const hash = await store.fingerprint(new Secret(`id of an API token ${JSON.stringify(form)}`))
  // API tokens for chat have small letters alone (docs/decisions/0049), and the form is looked for under one id.
  return hash
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')
    .slice(0, API_TOKEN_ID_LENGTH)
}

/** @throws BehalfError what is wrong with a name; `fields` says where it stands. */
async function checkNames(deps: AdminDeps, wish: TokenWish, fields: WeakMap<BehalfError, string>): Promise<void> {
  const find = async (field: string, name: string): Promise<NamedAccount> => {
    try {
      return await findNamedAccount(deps, name)
    } catch (error) {
      throw noteField(fields, field, error)
    }
  }
  const as: string[] = []
  for (const name of wish.as) as.push(readPattern(name, fields) ?? (await find('more_as', name)).key)
  if (wish.issuedTo !== '') await find('issued_to', wish.issuedTo)
  if (wish.defaultAs === '') return
  const byDefault = await find('default_as', wish.defaultAs)
  if (mayActAs({as, asAny: wish.reach === 'any'}, byDefault)) return
  const message = 'It would not be among the accounts that the program may act as: choose it above as well.'
  throw noteField(fields, 'default_as', new BehalfError('invalid-input', message))
}

function readPattern(name: string, fields: WeakMap<BehalfError, string>): string | undefined {
  try {
    return toSubjectPattern(name)
  } catch (error) {
    throw noteField(fields, 'more_as', error)
  }
}

/** Commands that help at the terminal are no help here. */
function noteField(fields: WeakMap<BehalfError, string>, field: string, error: unknown): unknown {
  if (!(error instanceof BehalfError)) return error
  const bare = new BehalfError(error.code, error.message, {cause: error})
  fields.set(bare, field)
  return bare
}

async function makeOffer(deps: AdminDeps, {delegate}: AdminSession, wish: TokenWish): Promise<IssueOffer> {
  const [names, providers] = await Promise.all([deps.store.accounts.names(), loadProviders(deps)])
  const mine = names.filter((one) => one.role !== 'user' && (delegate === undefined || mayActAs(delegate, one)))
  const helix = new Set(providers.filter(({dialect}) => dialect === 'twitch').map(({name}) => name))
  const acting = wish.reach === 'any' ? mine : mine.filter((one) => isWished(wish, one))
  const looked = acting.filter(({provider}) => helix.has(provider)).slice(0, MOST_LOOKED_AT)
  const {accounts} = wish.scopes.some(isActingScope) ? await readAccounts(deps, looked) : {accounts: []}
  return {
    groups: listScopeGroups(providers),
    accounts: mine.slice(0, MOST_LISTED),
    otherAccounts: Math.max(0, mine.length - MOST_LISTED),
    mayBeAny: delegate?.asAny ?? true,
    troubles: foreseeTrouble(wish.scopes, await describeAccounts(deps, accounts)),
  }
}

/** Ticked, or written by its login or its whole name. */
const isWished = ({as}: TokenWish, account: NamedAccount): boolean =>
  as.includes(exactNameOf(account)) || as.includes(account.login) || as.includes(nameOf(account))

const MOST_LISTED = 200
const MOST_LOOKED_AT = 50
