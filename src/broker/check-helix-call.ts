import type {NamedAccount} from '../model/account-name.js'
import {nameOf} from '../model/account-name.js'
import {loginCommandFor} from '../model/account-status.js'
import {BehalfError} from '../model/behalf-error.js'
import type {HelixEndpoint} from '../model/helix-endpoint.js'
import type {BrokerDeps, HelixMap} from './broker-deps.js'

/** Whether the endpoint takes the application's own token and no user's. */
export const isAppOnly = ({tokenTypes}: HelixEndpoint): boolean =>
  tokenTypes.includes('app') && !tokenTypes.includes('user')

/**
 * Whether the endpoint takes the kind of token that the caller wants used.
 * @throws BehalfError `refused`.
 */
export function checkTokenKind(endpoint: HelixEndpoint, input: {as?: string; app?: boolean}): void {
  const {tokenTypes} = endpoint
  const call = `${endpoint.method} ${endpoint.path}`
  if (tokenTypes.every((kind) => kind === 'extension-jwt')) {
    throw new BehalfError('refused', `${call} takes only an extension’s signed JWT, which behalf does not issue.`)
  }
  if (input.app && tokenTypes.every((kind) => kind === 'user')) {
    throw new BehalfError('refused', `${call} is called on a user’s behalf, not with the application’s own token.`, {
      hint: 'Leave out --app; --as names the account that is to act.',
    })
  }
  if (input.as !== undefined && isAppOnly(endpoint)) {
    throw new BehalfError('refused', `${call} takes the application’s own token, not that of an account.`, {
      hint: 'Leave out --as: then the application acts by itself.',
    })
  }
}

/**
 * Whether the account has granted a scope that the endpoint needs.
 * @param isOwnChannel The call is about the account's own channel.
 * @throws BehalfError `missing-scope` with the login that adds it.
 */
export async function checkHelixScopes(
  deps: Pick<BrokerDeps, 'store'> & {helix: HelixMap},
  endpoint: HelixEndpoint,
  account: NamedAccount,
  isOwnChannel: boolean,
): Promise<void> {
  if (endpoint.scopes.length === 0) return
  const credential = (await deps.store.accounts.get(account.key))?.credential
  const held = credential?.kind === 'oauth2' ? credential.scopes : undefined
  // An account that has just been removed, or has no token, is missed by whoever asks for its token.
  const missing = held === undefined ? [] : deps.helix.findMissingScopes(endpoint, held)
  const [scope, ...others] = missing
  if (scope === undefined) return
  const what = others.length === 0 ? `the scope ${scope}` : `one of the scopes ${missing.join(', ')}`
  throw new BehalfError(
    'missing-scope',
    `${endpoint.method} ${endpoint.path} needs ${what}, which ${nameOf(account)} has not granted.`,
    {hint: `${loginCommandFor(account)} --scope ${deps.helix.chooseScope(endpoint, isOwnChannel) ?? scope}`},
  )
}
