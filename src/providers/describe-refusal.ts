import {BehalfError} from '../model/behalf-error.js'
import type {Provider} from '../model/provider.js'
import type {Secret} from '../model/secret.js'
import type {JsonAnswer} from './json-answer.js'
import {quoteProviderText} from './quote-provider-text.js'

/** An error of RFC 6749 4.1.2.1 or 5.2, from the callback or the token endpoint. */
export interface Refusal {
  provider: Provider
  error: string | undefined
  description: string | undefined
  /** Where the provider was to send the person back to. */
  redirectUri?: string
  /** What was sent and must not be quoted back. */
  sent?: (Secret | undefined)[]
}

/** What a refusal means to the person who is logging in. */
export function describeRefusal(refusal: Refusal): BehalfError {
  const {provider, error, redirectUri} = refusal
  const name = provider.name
  const own = quoteOwnWords(refusal)
  const seeSettings = `Check the settings with \`behalf provider show ${name}\`.`
  switch (error) {
    case 'access_denied':
      return new BehalfError('login-failed', `The person declined: ${name} was not allowed to give access.`)
    case 'redirect_mismatch':
    case 'redirect_uri_mismatch':
      return new BehalfError(
        'provider-misconfigured',
        `${name} does not know the redirect URI ${redirectUri ?? ''} of this client.`,
        {hint: `Register exactly ${redirectUri ?? 'it'}${provider.registerUrl ? ` at ${provider.registerUrl}` : ''}.`},
      )
    case 'invalid_client':
    case 'unauthorized_client':
      return new BehalfError('provider-misconfigured', `${name} refuses the client ${provider.clientId}${own}.`, {
        hint: clientHint(provider),
      })
    case 'invalid_grant':
      return new BehalfError('login-failed', `${name} refuses the code: it is wrong, used or expired${own}.`, {
        hint: 'Log in again.',
      })
    case 'invalid_scope':
      return new BehalfError('login-failed', `${name} refuses the scopes${own}.`, {
        hint: 'Ask for others with --scope.',
      })
    case 'server_error':
    case 'temporarily_unavailable':
      return new BehalfError('unavailable', `${name} cannot log anyone in just now${own}.`, {
        hint: 'Try again in a moment.',
      })
    default:
      return new BehalfError('login-failed', `${name} refused${own === '' ? ' without a reason' : own}.`, {
        hint: seeSettings,
      })
  }
}

/** The refusal in a JSON answer. */
export function describeRefusedAnswer(
  answer: JsonAnswer,
  refusal: Omit<Refusal, 'error' | 'description'>,
): BehalfError {
  const {error, error_description: description} = answer.body
  return describeRefusal({
    ...refusal,
    error: typeof error === 'string' ? error : undefined,
    description: typeof description === 'string' ? description : `status ${String(answer.status)}`,
  })
}

function quoteOwnWords({provider, error, description, sent = []}: Refusal): string {
  const quoted = [error, description]
    .filter((text) => text !== undefined)
    .map((text) => quoteProviderText(text, [provider.clientSecret, ...sent]))
    .filter((text) => text !== '')
  return quoted.length === 0 ? '' : ` (${quoted.join(': ')})`
}

function clientHint(provider: Provider): string {
  const settings = `Check its id and secret with \`behalf provider show ${provider.name}\``
  const isPublicTwitch = provider.dialect === 'twitch' && provider.clientSecret === undefined
  return isPublicTwitch ? `${settings}; a client without a secret logs in with --device.` : `${settings}.`
}
