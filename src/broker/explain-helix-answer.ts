import type {NamedAccount} from '../model/account-name.js'
import {loginCommandFor} from '../model/account-status.js'
import {accountKey} from '../model/account.js'
import type {HelixResponse} from '../model/helix-call.js'
import type {BrokerDeps, HelixMap} from './broker-deps.js'
import type {HelixPlan} from './plan-helix-call.js'

/** `Missing scope: clips:edit` and `Missing clips:edit scope`: both are seen. */
const MISSING_SCOPE = /\bmissing (?:scope: )?([a-z_]+(?::[a-z_]+)+)/i

/** `The ID in broadcaster_id must match the user ID found in the request's OAuth token.` */
const WRONG_USER = /\bID in ([a-z_]+) must match the user ID\b/i

/** Beyond this no message is looked for. */
const MESSAGE_LIMIT = 4096

/** What may help where the API refused a call: the next command to type, or what to change. */
export async function explainHelixAnswer(
  deps: Pick<BrokerDeps, 'store'> & {helix: Pick<HelixMap, 'explainFailure'>},
  {actor, request}: Pick<HelixPlan, 'actor' | 'request'>,
  {status, body}: Pick<HelixResponse, 'status' | 'body'>,
): Promise<string | undefined> {
  if (status < 400) return undefined
  const text = body.slice(0, MESSAGE_LIMIT)
  const scope = MISSING_SCOPE.exec(text)?.[1]
  const parameter = WRONG_USER.exec(text)?.[1]
  if (actor.kind === 'account' && (scope !== undefined || parameter !== undefined)) {
    const account = await deps.store.accounts.name(actor.key)
    if (account && scope !== undefined) return `${loginCommandFor(account)} --scope ${scope}`
    if (account && parameter !== undefined) return explainWrongUser(deps, account, parameter, request.query)
  }
  return deps.helix.explainFailure(request, status)
}

async function explainWrongUser(
  {store}: Pick<BrokerDeps, 'store'>,
  account: NamedAccount,
  parameter: string,
  query: string,
): Promise<string> {
  const id = new URLSearchParams(query).get(parameter)
  const meant = id === null ? undefined : await store.accounts.name(accountKey(account.provider, id))
  return meant
    ? `Act as that user: --as ${meant.login}`
    : `${account.login} acts, whose id is ${account.userId}. Leave out ${parameter} and it is filled in.`
}
