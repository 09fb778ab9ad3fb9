import {BehalfError} from '../model/behalf-error.js'
import type {Flow, HeldGrant} from '../model/flow.js'
import type {Provider} from '../model/provider.js'
import {Secret} from '../model/secret.js'
import type {Identity} from '../providers/provider-client.js'
import type {BrokerDeps} from './broker-deps.js'
import {revokeUnwanted, type Granted} from './complete-login.js'
import {isAtHome} from './flow-home.js'
import {loadProvider} from './load-provider.js'

type Deps = Pick<BrokerDeps, 'store' | 'providerClient' | 'clock' | 'random'>

/** 36 to the power of 8 codes, and five tries. */
const CODE_LENGTH = 8

/** Keeps what was granted, sealed, until the person has confirmed it. Where it cannot be kept it is revoked. */
export async function holdGrant(
  deps: Deps,
  flow: Flow,
  provider: Provider,
  granted: Granted,
  {userId, login, displayName, scopes}: Identity,
): Promise<Flow> {
  const held: HeldGrant = {
    tokens: 'credential' in granted ? granted.credential : granted,
    who: {
      userId,
      login,
      ...(displayName !== undefined && {displayName}),
      ...(scopes !== undefined && {scopes}),
    },
    ...(flow.confirm === 'code' && {code: new Secret(deps.random.alphanumeric(CODE_LENGTH).toUpperCase())}),
    misses: 0,
  }
  try {
    const kept = await deps.store.flows.update(flow.id, (current) => ({...current, held}))
    if (kept) return kept
  } catch (error) {
    await revokeUnwanted(deps, provider, granted)
    throw error
  }
  await revokeUnwanted(deps, provider, granted)
  throw new BehalfError('login-failed', 'This login was given up meanwhile.', {hint: 'Start the login again.'})
}

/**
 * Takes out what is held, so that nobody else gets it.
 * @returns undefined when somebody else has.
 */
export async function takeHeld(deps: Pick<Deps, 'store'>, {id}: Flow): Promise<HeldGrant | undefined> {
  let taken: HeldGrant | undefined
  await deps.store.flows.update(id, ({held, ...rest}) => {
    taken = rest.outcome === undefined ? held : undefined
    return taken && rest
  })
  return taken
}

/** What was held, as the provider granted it. */
export const grantOf = ({tokens, who}: HeldGrant): Granted =>
  'kind' in tokens ? {credential: tokens, identity: who} : tokens

/**
 * Revokes what was held and is not kept, where that ends no more than that. A provider that has moved since is sent
 * nothing: its tokens end by themselves.
 */
export async function revokeHeld(
  deps: Deps & Pick<BrokerDeps, 'providers'>,
  flow: Flow,
  held: HeldGrant,
): Promise<void> {
  const provider = await loadProvider(deps, flow.provider)
  if (isAtHome(flow, provider)) await revokeUnwanted(deps, provider, grantOf(held))
}
