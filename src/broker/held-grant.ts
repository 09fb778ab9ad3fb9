import {BehalfError} from '../model/behalf-error.js'
import type {Flow, HeldGrant} from '../model/flow.js'
import type {Provider} from '../model/provider.js'
import type {TokenGrant} from '../model/refresh.js'
import {Secret} from '../model/secret.js'
import type {EpochMs} from '../model/time.js'
import type {Identity, OAuth1Grant} from '../providers/provider-client.js'
import type {BrokerDeps} from './broker-deps.js'
import {revokeUnwanted, type Granted} from './complete-login.js'

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
    grant: packGrant(granted),
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

/** A grant as JSON has it. Claims have said by then who it was. */
type Packed =
  | (Omit<TokenGrant, 'accessToken' | 'refreshToken' | 'claims'> & {accessToken: string; refreshToken?: string})
  | {token: string; tokenSecret: string; issuedAt: EpochMs}

/** The tokens as one text, which is a secret. */
function packGrant(granted: Granted): Secret {
  return new Secret(JSON.stringify('credential' in granted ? packOAuth1(granted) : packOAuth2(granted)))
}

const packOAuth1 = ({credential: {token, tokenSecret, issuedAt}}: OAuth1Grant): Packed => ({
  token: token.reveal(),
  tokenSecret: tokenSecret.reveal(),
  issuedAt,
})

const packOAuth2 = ({accessToken, refreshToken, claims: _claims, ...rest}: TokenGrant): Packed => ({
  ...rest,
  accessToken: accessToken.reveal(),
  ...(refreshToken && {refreshToken: refreshToken.reveal()}),
})

/** What was held; it was sealed by behalf itself, minutes ago. */
export function unpackGrant({grant, who}: HeldGrant): Granted {
  const packed = JSON.parse(grant.reveal()) as Packed
  if ('tokenSecret' in packed) {
    const {token, tokenSecret, issuedAt} = packed
    const credential = {token: new Secret(token), tokenSecret: new Secret(tokenSecret), issuedAt}
    return {credential: {kind: 'oauth1', ...credential}, identity: who}
  }
  const {accessToken, refreshToken, ...rest} = packed
  return {
    ...rest,
    accessToken: new Secret(accessToken),
    ...(refreshToken !== undefined && {refreshToken: new Secret(refreshToken)}),
  }
}
