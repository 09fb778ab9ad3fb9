import type {AccountCall} from '../../broker/call-as-account.js'
import {callWithCredential} from '../../broker/call-with-credential.js'
import {decodeForm, isFormType} from '../../model/form-body.js'
import {DEFAULT_API_KEY_PLACE, type Provider} from '../../model/provider.js'
import type {DaemonDeps} from '../daemon-deps.js'
import type {ExchangeEnd} from './exchange.js'
import {headersToApi} from './forwarded-headers.js'
import {leavesHome, sendInTurn, type CallInHand, type RelayParts} from './relay-call.js'

type Deps = Pick<DaemonDeps, 'store' | 'providerClient' | 'clock' | 'random' | 'providers'>

/** Whether tokens of OAuth 2 are all that a call of this provider is made with. */
export const takesTokensAlone = ({credentialKinds, otpHeader}: Provider): boolean =>
  credentialKinds.length === 1 && credentialKinds[0] === 'oauth2' && otpHeader === undefined

/** Whether the body of a call is signed too, and must have come whole before anything is sent. */
export const signsForms = ({credentialKinds}: Provider): boolean => credentialKinds.includes('oauth1')

/** Makes a call with whatever is kept for its account, which may be no token. */
export async function relayAnyKind(deps: Deps, parts: RelayParts, call: CallInHand): Promise<AccountCall<ExchangeEnd>> {
  const {request, body} = call
  const {provider, account, method, origin, target} = call.permitted
  const headers = withoutCredentialHeaders(headersToApi(request, provider), provider)
  const whole = signsForms(provider) && isFormType(request.headers['content-type']) ? body.open() : undefined
  const form = whole instanceof Buffer ? {form: decodeForm(whole)} : {}
  let refused: ExchangeEnd | undefined
  return callWithCredential(deps, provider, account.key, async ({credential, apiOrigin, ...sentOnce}) => {
    if (refused && !body.isRepeatable) return {...refused, tokenRefused: false}
    if (apiOrigin !== origin) throw leavesHome(provider)
    const signed = {method, url: `${origin}${target}`, ...form, ...sentOnce}
    const authorize = async (): Promise<string[]> => {
      const authorization = await deps.providerClient.credentialHeaders(provider, credential, signed)
      return [...headers, ...Object.entries(authorization).flat()]
    }
    // A one-time code is sent once; a signature holds for one request (RFC 5849 3.3).
    const again = sentOnce.oneTimeCode ? undefined : authorize
    refused = await sendInTurn(parts, call, await authorize(), again)
    return refused
  })
}

/** What the credential is said in is not the caller's to say, whatever the name. */
function withoutCredentialHeaders(headers: readonly string[], {apiKey, otpHeader}: Provider): string[] {
  const own = new Set([(apiKey ?? DEFAULT_API_KEY_PLACE).header.toLowerCase(), otpHeader?.toLowerCase()])
  return headers.filter((_text, index) => !own.has(headers[index - (index % 2)]))
}
