import {BehalfError} from '../model/behalf-error.js'
import type {Flow} from '../model/flow.js'
import {originsOf, type Provider} from '../model/provider.js'

/**
 * What a flow that begins now is for at its provider (design 7, rule 10): the client, every origin that its codes and
 * tokens go to, and how the provider's answers say who the person is.
 */
export function homeOf(provider: Provider): string {
  const {clientId, dialect, identity, requestTokenUrl, deviceUrl, deviceTokenUrl} = provider
  const {token, revoke, validate, userinfo, api} = originsOf(provider)
  const others = [requestTokenUrl, deviceUrl, deviceTokenUrl].map((url) => url && new URL(url).origin)
  return JSON.stringify([clientId, dialect, identity?.userId, token, revoke, validate, userinfo, api, ...others])
}

/** Whether the provider is still what it was when the flow began. */
export const isAtHome = ({home}: Flow, provider: Provider): boolean => home === homeOf(provider)

/**
 * Whoever moves a provider is sent nothing of the flows that had begun before: no code, no verifier, no token.
 * @throws BehalfError `login-failed`.
 */
export function requireHome(flow: Flow, provider: Provider): void {
  if (isAtHome(flow, provider)) return
  throw new BehalfError('login-failed', `The settings of ${provider.name} have changed since this login began.`, {
    hint: 'Start the login again.',
  })
}
