import {accountKey} from '../model/account.js'
import {BehalfError, type ErrorCode} from '../model/behalf-error.js'
import {openHubotCredential, type OpenedCredential} from '../model/hubot-credential.js'
import {subjectOfHubotUser} from '../model/hubot-subject.js'
import type {Secret} from '../model/secret.js'
import type {BrokerDeps} from './broker-deps.js'
import {linkCredential} from './link-credential.js'
import {loadProvider} from './load-provider.js'

export interface HubotBrainInput {
  /** What subjects begin with: the name of the adapter whose ids the brain has. */
  adapter: string
  provider: string
  /** `HUBOT_JENKINS_CRYPTO_SECRET`. */
  cryptoSecret: Secret
  credentials: {userId: string; text: string}[]
}

export interface HubotBrainEntry {
  userId: string
  subject: string
  /**
   * `present`: there is a credential of this subject already, which stays. `unreadable`: the secret does not open it, or it
   * is no name and password. `refused`: by the service, or it is someone else's. `not-tried`: the service did not answer.
   */
  outcome: 'imported' | 'present' | 'unreadable' | 'refused' | 'not-tried'
  /** Who it is at the service. */
  login?: string
  reason?: string
}

type Deps = Pick<BrokerDeps, 'store' | 'providerClient' | 'clock' | 'random' | 'providers'>

/**
 * Takes over the credentials that people gave a Hubot of former times. Each is tried at the service before it is kept; what
 * a subject has already is left alone, so it may be run again.
 * @throws BehalfError `usage`; `configuration` when the secret opens none of them, `provider-not-found`.
 */
export async function importHubotBrain(deps: Deps, input: HubotBrainInput): Promise<HubotBrainEntry[]> {
  const {adapter, cryptoSecret, credentials} = input
  if (adapter.trim() === '') {
    throw new BehalfError('usage', 'An adapter without a name was given.', {
      hint: 'Name it as the bot does: --adapter slack',
    })
  }
  const {name: provider} = await loadProvider(deps, input.provider)
  const opened = credentials.map(({userId, text}) => ({userId, basic: openHubotCredential(text, cryptoSecret)}))
  if (opened.length > 0 && opened.every(({basic}) => basic === undefined)) {
    throw new BehalfError(
      'configuration',
      `HUBOT_JENKINS_CRYPTO_SECRET is not what these ${String(opened.length)} credentials are encrypted with: it opens none of them.`,
      {hint: 'Set it to what the Hubot ran with that wrote this brain.'},
    )
  }
  const entries: HubotBrainEntry[] = []
  let outage: string | undefined
  for (const {userId, basic} of opened) {
    const subject = subjectOfHubotUser(adapter, userId)
    const known = await deps.store.accounts.get(accountKey(provider, '', subject))
    if (known?.state.kind === 'ok') entries.push({userId, subject, outcome: 'present', login: known.login})
    else if (basic === undefined) entries.push({userId, subject, outcome: 'unreadable'})
    else if (outage !== undefined) entries.push({userId, subject, outcome: 'not-tried', reason: outage})
    else {
      const entry = await importOne(deps, {provider, subject, userId, basic})
      if (entry.outcome === 'not-tried') outage = entry.reason
      entries.push(entry)
    }
  }
  return entries
}

async function importOne(
  deps: Deps,
  {provider, userId, subject, basic}: {provider: string; userId: string; subject: string; basic: OpenedCredential},
): Promise<HubotBrainEntry> {
  const entry = {userId, subject}
  try {
    const credential = {kind: 'basic', ...basic, issuedAt: deps.clock.now()} as const
    const {account} = await linkCredential(deps, {provider, subject, credential})
    return {...entry, outcome: 'imported', login: account.login}
  } catch (error) {
    if (!(error instanceof BehalfError)) throw error
    const {code, message} = error
    if (code === 'unavailable') return {...entry, outcome: 'not-tried', reason: message}
    if (REFUSALS.includes(code)) return {...entry, outcome: 'refused', reason: message}
    throw error
  }
}

/** What concerns one entry alone. */
const REFUSALS: readonly ErrorCode[] = ['credential-refused', 'wrong-person', 'invalid-input']
