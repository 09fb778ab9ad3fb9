import {nameOf, type NamedAccount} from '../../../model/account-name.js'
import {Button, LinkButton} from '../parts/button.js'
import {Choices} from '../parts/choice.js'
import {ErrorSummary} from '../parts/error-summary.js'
import {Field, Select, TextArea, type FieldErrors} from '../parts/field.js'
import {ActionForm} from '../parts/form.js'
import {Buttons, Panel} from '../parts/layout.js'
import {Page} from '../parts/page.js'
import type {AdminSession} from '../admin-env.js'
import {Outcome} from './outcome.js'
import type {Trouble} from './foresee-trouble.js'
import type {ScopeGroup} from './scope-choices.js'
import {ScopeChooser} from './scope-chooser.js'
import {LIVES, type TokenWish} from './token-wish.js'

/** What there is to choose from, and what comes of what was chosen. */
export interface IssueOffer {
  groups: readonly ScopeGroup[]
  /** The first of the owner and the bots whom a token of this session may act as. */
  accounts: readonly NamedAccount[]
  /** How many of them there are besides. */
  otherAccounts: number
  /** Whether it may be all of them, now and later. */
  mayBeAny: boolean
  troubles: readonly Trouble[]
}

export interface IssuePageProps {
  session: AdminSession
  offer: IssueOffer
  wish: TokenWish
  errors: FieldErrors
  /** New with each page, so that a form that is sent twice issues one token. */
  once: string
}

/** The form for a new API token. */
export function IssuePage({session, offer, wish, errors, once}: IssuePageProps) {
  return (
    <Page
      title="Issue an API token"
      section="tokens"
      session={session}
      parent={{title: 'API tokens', href: '/admin/tokens'}}
    >
      <ErrorSummary errors={errors} />
      <ActionForm action="/admin/tokens/issue" session={session} hidden={{once}} class="stack">
        <Field
          name="name"
          label="Name"
          hint="After the program that will hold it, such as overlay."
          error={errors.name}
          value={wish.name}
          maxLength={100}
          isRequired
        />
        <ScopeChooser groups={offer.groups} wish={wish} errors={errors} />
        <AccountChooser offer={offer} wish={wish} errors={errors} />
        <Panel title="How long, and whose?">
          <Select
            name="life"
            label="It lives"
            error={errors.life}
            value={wish.life}
            options={LIVES}
            {...(session.delegate?.expiresAt !== undefined && {
              hint: 'No longer than the API token that you signed in with.',
            })}
          />
          <Field
            name="issued_to"
            label="Issued to"
            hint="An account, for your records: whose program it is."
            error={errors.issued_to}
            value={wish.issuedTo}
          />
        </Panel>
        <Outcome wish={wish} as={nameWished(offer, wish)} troubles={offer.troubles} />
        <Buttons>
          <Button>Issue the token</Button>
          <Button kind="quiet" name="intent" value="check">
            Check first
          </Button>
          <LinkButton href="/admin/tokens">Cancel</LinkButton>
        </Buttons>
      </ActionForm>
    </Page>
  )
}

/** As whom the program acts. */
function AccountChooser({offer, wish, errors}: Pick<IssuePageProps, 'offer' | 'wish' | 'errors'>) {
  const {accounts, otherAccounts, mayBeAny} = offer
  const chosen = new Set(wish.as)
  const listed = new Set(accounts.map(exactNameOf))
  const others = wish.as.filter((name) => !listed.has(name))
  return (
    <Panel title="As whom?">
      <Choices
        name="reach"
        label="It may act as"
        hint="Whoever only looks after points, metrics or accounts needs none."
        error={errors.reach}
        kind="one"
        options={[
          {value: 'these', label: 'These accounts, or none', isChosen: wish.reach === 'these'},
          {
            value: 'any',
            label: 'The owner and every bot, now and later',
            hint: mayBeAny ? 'Never chat users.' : 'The API token that you signed in with may not.',
            isChosen: wish.reach === 'any',
            isDisabled: !mayBeAny,
          },
        ]}
      />
      {accounts.length > 0 && (
        <Choices
          name="as"
          label="Accounts"
          error={errors.as}
          kind="any"
          options={accounts.map((account) => ({
            value: exactNameOf(account),
            label: nameOf(account),
            hint: account.role,
            isChosen: chosen.has(exactNameOf(account)),
          }))}
          filterLabel="Find an account"
        />
      )}
      <details open={others.length > 0 || errors.more_as !== undefined || otherAccounts > 0}>
        <summary>Chat users, and accounts by name</summary>
        <TextArea
          name="more_as"
          label="More accounts"
          hint={`One a line: subject:slack:U02AB is a chat user, subject:slack:* all of Slack’s, now and later.${otherAccounts > 0 ? ` ${String(otherAccounts)} more owners and bots are not listed above: name them here.` : ''}`}
          error={errors.more_as}
          value={others.join('\n')}
          isCode
        />
      </details>
      <Field
        name="default_as"
        label="By default"
        hint="Who acts where a request does not say. Not needed where there is one account only."
        error={errors.default_as}
        value={wish.defaultAs}
      />
    </Panel>
  )
}

/** The name that no other account can have by the time it is sent. */
export const exactNameOf = ({provider, userId}: NamedAccount): string => `${provider}/id:${userId}`

/** What those are called that were ticked. */
function nameWished({accounts}: Pick<IssueOffer, 'accounts'>, {as}: Pick<TokenWish, 'as'>): string[] {
  const names = new Map(accounts.map((account) => [exactNameOf(account), nameOf(account)]))
  return as.map((name) => names.get(name) ?? name)
}
