import type {NamedAccount} from '../model/account-name.js'
import type {ApiToken} from '../model/api-token.js'
import {BehalfError} from '../model/behalf-error.js'
import type {CredentialKind} from '../model/credential.js'
import {awaitsCallback} from '../model/flow.js'
import {MINUTE_MS} from '../model/time.js'
import type {BrokerDeps} from './broker-deps.js'
import {startFlow, type StartedFlow} from './start-flow.js'

type Deps = Pick<BrokerDeps, 'store' | 'providerClient' | 'clock' | 'random' | 'providers'>

/** Who found out that an account needs a login. */
export type OfferingToken = Pick<ApiToken, 'id' | 'scopes'>

/**
 * What the person is to open; undefined where nothing can be offered.
 * @param apiToken None: a program that opens the store itself.
 */
export type LoginOffer = (account: NamedAccount, apiToken?: OfferingToken) => Promise<string | undefined>

const LOGIN_KINDS: ReadonlySet<CredentialKind> = new Set(['oauth2', 'oauth1'])

/** What has been offered, whoever asked for it: the passthrough and the daemon's own API offer the same. */
const offersOf = new WeakMap<Deps['store'], Map<string, Promise<StartedFlow | undefined>>>()

/** A flow with less time left is not handed to anyone: its person has yet to read the message. */
const LEAST_LIFE_MS = 2 * MINUTE_MS

/**
 * Begins flows for chat users whose account needs a login, so that a caller can hand the address to the person at once
 * (docs/decisions/0029). Only for a caller that may start flows, which is then the one that may see it; one flow that
 * still waits for its person is offered again instead of another. The person is known: rule 8 of design 7 refuses anybody
 * else, so the address is the provider's own.
 */
export function createLoginOffer(deps: Deps): LoginOffer {
  const offers = offersOf.get(deps.store) ?? new Map<string, Promise<StartedFlow | undefined>>()
  offersOf.set(deps.store, offers)

  async function isLive(started: StartedFlow): Promise<boolean> {
    if (started.expiresAt - deps.clock.now() < LEAST_LIFE_MS) return false
    const flow = await deps.store.flows.get(started.flowId)
    return flow !== undefined && awaitsCallback(flow)
  }

  /** Undefined for an API key or a password, which is not had by logging in, and where no flow can be begun. */
  async function start({key}: NamedAccount, apiToken: OfferingToken | undefined): Promise<StartedFlow | undefined> {
    const account = await deps.store.accounts.get(key)
    if (account?.subject === undefined || !LOGIN_KINDS.has(account.credential.kind)) return undefined
    const {provider, subject, userId} = account
    const input = {provider, subject, expect: userId, ...(apiToken && {startedBy: apiToken.id})}
    try {
      return await startFlow({...deps, flowPlace: NO_PAGES}, input)
    } catch (error) {
      if (error instanceof BehalfError) return undefined
      throw error
    }
  }

  async function renew(
    former: Promise<StartedFlow | undefined> | undefined,
    account: NamedAccount,
    apiToken: OfferingToken | undefined,
  ): Promise<StartedFlow | undefined> {
    const started = await former
    return started && (await isLive(started)) ? started : start(account, apiToken)
  }

  return async (account, apiToken) => {
    if (account.subject === undefined || apiToken?.scopes.includes('flow:start') === false) return undefined
    const name = JSON.stringify([apiToken?.id, account.key])
    const offer = renew(offers.get(name), account, apiToken)
    offers.set(name, offer)
    const started = await offer.catch(() => undefined)
    if (!started && offers.get(name) === offer) offers.delete(name)
    return started?.authorizationUrl
  }
}

/** The error of a call; with what the person is to open, where a login would mend it. */
export async function withLoginOffer(
  offer: LoginOffer,
  error: BehalfError,
  account: NamedAccount,
  apiToken: OfferingToken,
): Promise<BehalfError> {
  const authorizationUrl = error.code === 'login-needed' ? await offer(account, apiToken) : undefined
  if (authorizationUrl === undefined) return error
  const {code, message, hint} = error
  return new BehalfError(code, message, {cause: error, authorizationUrl, ...(hint !== undefined && {hint})})
}

/** Nobody who is expected is shown a page of ours. */
const NO_PAGES = {
  startPageOf(): never {
    throw new BehalfError('internal', 'A flow for someone who is known began at a page of ours')
  },
}
