import type {Flow} from '../model/flow.js'

/** The redirect URI for OAuth 1.0a, which has no `state`: what stands in its query comes back (RFC 5849 2.2). */
export function callbackWithState({redirectUri, state}: Flow): string {
  const url = new URL(redirectUri)
  url.searchParams.set('state', state.reveal())
  return url.href
}

/** The callback of a flow whose person sent its code alone. */
export const callbackOf = ({state, requestToken}: Flow, code: string): URLSearchParams =>
  new URLSearchParams({[requestToken ? 'oauth_verifier' : 'code']: code, state: state.reveal()})
