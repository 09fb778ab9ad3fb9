import assert from 'node:assert/strict'

import type {RefreshInput} from '../../src/broker/refresh-attempt.js'
import {isOAuth2Account, type OAuth2Account} from '../../src/model/account.js'
import type {Provider} from '../../src/model/provider.js'
import {HOUR_MS} from '../../src/model/time.js'
import type {Validation} from '../../src/providers/provider-client.js'
import {makeBrokerWorld, type BrokerWorld, type BrokerWorldOptions} from './broker-world.js'
import {createFakeClock} from './fake-clock.js'
import type {AccountParts} from './make-account.js'
import {makeProvider} from './make-provider.js'
import {scriptRefresh, type ScriptedRefresh} from './scripted-refresh.js'

/** One account, four hours to live, at a provider that answers as it is told. */
export interface RefreshScene extends BrokerWorld {
  readonly script: ScriptedRefresh
  readonly provider: Provider
  /** The account as it is stored. */
  stored(): Promise<OAuth2Account>
  /** Configures the provider otherwise; with `parts`, the account is granted anew under it. */
  reconfigure(provider: Partial<Provider>, parts?: AccountParts): Promise<void>
}

export const KEY = 'example:2002'
/** The tokens that the account has at first. */
export const FIRST_REFRESH = 'made-up-refresh-token-of-2002'
export const FIRST_ACCESS = 'made-up-access-token-of-2002'

/** Always to be granted. */
export const DUE: RefreshInput = {key: KEY, cause: 'due', withinMs: 5 * HOUR_MS, urgency: 'demand'}
/** To be granted when the token has expired. */
export const ON_DEMAND: RefreshInput = {key: KEY, cause: 'expired', urgency: 'demand'}

export interface RefreshSceneOptions extends Pick<BrokerWorldOptions, 'makePlace'> {
  validation?: Validation
}

export type MakeRefreshScene = (options?: RefreshSceneOptions) => Promise<RefreshScene>

export async function makeRefreshScene({makePlace, ...options}: RefreshSceneOptions = {}): Promise<RefreshScene> {
  const clock = createFakeClock()
  const script = scriptRefresh(clock, options)
  const world = await makeBrokerWorld({clock, client: script.client, ...(makePlace && {makePlace})})
  const provider = makeProvider()
  await world.store.providers.put(provider)
  await world.addAccount(provider)
  return {
    ...world,
    script,
    provider,
    async stored() {
      const account = await world.store.accounts.get(KEY)
      assert.ok(account && isOAuth2Account(account))
      return account
    },
    async reconfigure(changes, parts) {
      await world.store.providers.put({...provider, ...changes})
      if (parts) await world.addAccount({...provider, ...changes}, parts)
    },
  }
}

export const accessTokenOf = ({credential}: OAuth2Account): string => credential.accessToken.reveal()
export const refreshTokenOf = ({credential}: OAuth2Account): string | undefined => credential.refreshToken?.reveal()
