import {issueApiToken} from '../../../src/broker/issue-api-token.js'
import type {BrokerDeps} from '../../../src/broker/broker-deps.js'
import {createSystemRandom} from '../../../src/config/system-random.js'
import type {NewAccount} from '../../../src/model/account.js'
import {originsOf, type Provider} from '../../../src/model/provider.js'
import {Secret} from '../../../src/model/secret.js'
import {HOUR_MS, type Clock} from '../../../src/model/time.js'
import {presetSource} from '../../../src/providers/preset-source.js'
import type {ProviderClient} from '../../../src/providers/provider-client.js'
import type {Store} from '../../../src/store/store.js'
import {makeAccount} from '../../support/make-account.js'
import {makeTwitch} from '../../support/make-twitch.js'

/** A store with an owner, as many bots, and as many chat users; all logged in a moment ago. */
export interface FilledStore {
  readonly deps: BrokerDeps
  readonly provider: Provider
  readonly count: number
  /** May act as everyone. */
  readonly apiTokens: {any: string; users: string}
  readonly filledInMs: number
}

/** So many are put together. */
const TOGETHER = 256

export const botLogin = (index: number): string => `made_up_bot_${String(index)}`
export const botId = (index: number): string => String(10_000_000 + index)
export const subjectOf = (index: number): string => `slack:U${String(index)}`

/** Nobody is asked anything: what is looked up here needs no refresh. */
const NO_CLIENT = {} as ProviderClient

export async function fillStore(store: Store, clock: Clock, count: number): Promise<FilledStore> {
  const random = createSystemRandom()
  const providers = {...presetSource, overrides: [], callbackUrl: 'http://localhost:8420/callback'}
  const deps: BrokerDeps = {store, clock, random, providers, providerClient: NO_CLIENT}
  const provider = makeTwitch('http://127.0.0.1:9', {id: 'made-up-client-id', secret: 'made-up-client-secret'})
  const startedMs = performance.now()
  await store.providers.put(provider)
  for (let from = 0; from < count; from += TOGETHER) {
    const indexes = Array.from({length: Math.min(TOGETHER, count - from)}, (_, i) => from + i)
    await Promise.all(indexes.map((index) => store.accounts.put(makeNumbered(provider, index, clock.now()))))
  }
  const filledInMs = performance.now() - startedMs
  const issue = async (who: {as: string[]; asAny: boolean}): Promise<string> =>
    (await issueApiToken(deps, {name: 'made up', scopes: ['helix'], ...who})).token.reveal()
  const apiTokens = {
    any: await issue({as: [], asAny: true}),
    users: await issue({as: ['subject:slack:*'], asAny: false}),
  }
  return {deps, provider, count, apiTokens, filledInMs}
}

/** Even numbers are bots, the first of them the owner; odd ones are chat users. */
function makeNumbered(provider: Provider, index: number, now: number): NewAccount {
  const isUser = index % 2 === 1
  const random = createSystemRandom()
  return makeAccount({
    provider: provider.name,
    userId: botId(index),
    login: botLogin(index),
    role: isUser ? 'user' : index === 0 ? 'owner' : 'bot',
    ...(isUser && {subject: subjectOf(index)}),
    clientId: provider.clientId,
    origins: originsOf(provider),
    addedAt: now,
    lastValidatedAt: now,
    credential: {
      // As long as those of Twitch.
      accessToken: new Secret(random.alphanumeric(30)),
      refreshToken: new Secret(random.alphanumeric(50)),
      issuedAt: now,
      expiresAt: now + 4 * HOUR_MS,
      refreshTokenIssuedAt: now,
    },
  })
}
