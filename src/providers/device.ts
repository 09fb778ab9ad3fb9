import {z} from 'zod'

import {BehalfError} from '../model/behalf-error.js'
import type {Provider} from '../model/provider.js'
import {Secret} from '../model/secret.js'
import {SECOND_MS} from '../model/time.js'
import {acceptTokenGrant} from './accept-token-grant.js'
import {describeRefusedAnswer} from './describe-refusal.js'
import {dialectOf} from './dialects/dialect-of.js'
import {openLibrary, sendBuilt} from './oauth-library.js'
import type {DeviceAuthorization, DevicePoll} from './provider-client.js'
import {describeUnavailability, requireAnswer} from './require-answer.js'
import {readTokenAnswer} from './token-answer.js'
import type {TokenGrantDeps} from './token-grant.js'

/** RFC 8628 3.2: what applies when the answer does not say; and how long codes live where that is left out. */
const DEFAULT_INTERVAL_S = 5
const DEFAULT_LIFE_S = 1800

const webUrl = z.url({protocol: /^https?$/})
const deviceAnswer = z.object({
  device_code: z.string().min(1),
  // Shown to a person: nothing but letters, digits and separators.
  user_code: z.string().regex(/^[\p{L}\p{N} ._-]{1,64}$/u),
  verification_uri: webUrl,
  verification_uri_complete: webUrl.optional().catch(undefined),
  expires_in: z.number().positive().max(86_400).catch(DEFAULT_LIFE_S),
  interval: z.number().positive().max(300).catch(DEFAULT_INTERVAL_S),
})

/** RFC 8628 3.1 and 3.2. */
export async function startDevice(
  {clock, exchange}: TokenGrantDeps,
  provider: Provider,
  scopes: readonly string[],
): Promise<DeviceAuthorization> {
  if (provider.deviceUrl === undefined) {
    throw new BehalfError('configuration', `${provider.name} has no device flow.`, {
      hint: 'Log in without --device, or set --device-url.',
    })
  }
  const {oauth, server, client, authenticate} = await openLibrary(provider, clock)
  const {device} = dialectOf(provider)
  const parameters = {[device.scopeParameter]: scopes.join(provider.scopeSeparator)}
  const outcome = await sendBuilt({oauth, exchange, provider}, (options) =>
    oauth.deviceAuthorizationRequest(
      server,
      client,
      device.authenticates ? authenticate : oauth.None(),
      parameters,
      options,
    ),
  )
  const answer = requireAnswer(provider, outcome, (reply) => readTokenAnswer(provider, reply))
  if (answer.status !== 200) throw describeRefusedAnswer(answer, {provider})
  const parsed = deviceAnswer.safeParse(answer.body)
  if (!parsed.success) {
    const fields = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ')
    throw new BehalfError('login-failed', `${provider.name} began no device login: ${fields} missing or malformed.`)
  }
  const {data} = parsed
  return {
    deviceCode: new Secret(data.device_code),
    userCode: data.user_code,
    verificationUri: data.verification_uri,
    ...(data.verification_uri_complete !== undefined && {verificationUriComplete: data.verification_uri_complete}),
    expiresAt: answer.sentAt + data.expires_in * SECOND_MS,
    intervalMs: data.interval * SECOND_MS,
  }
}

/** One poll (RFC 8628 3.4 and 3.5). */
export async function pollDevice(
  deps: TokenGrantDeps,
  provider: Provider,
  {deviceCode}: DeviceAuthorization,
  scopes: readonly string[],
): Promise<DevicePoll> {
  const {deviceTokenUrl = provider.tokenUrl, ...rest} = provider
  const polled = deviceTokenUrl === undefined ? rest : {...rest, tokenUrl: deviceTokenUrl}
  const {oauth, server, client, authenticate} = await openLibrary(polled, deps.clock)
  const {device} = dialectOf(provider)
  const outcome = await sendBuilt({oauth, exchange: deps.exchange, provider}, (options) =>
    oauth.deviceCodeGrantRequest(
      server,
      client,
      device.authenticates ? authenticate : oauth.None(),
      deviceCode.reveal(),
      // Twitch documents the scopes as required here too (facts 2.7).
      device.scopeParameter === 'scopes' ? {...options, additionalParameters: {scopes: scopes.join(' ')}} : options,
    ),
  )
  const reason = describeUnavailability(outcome)
  if (reason !== undefined) return {kind: 'unavailable', reason}
  const answer = requireAnswer(provider, outcome, (reply) => readTokenAnswer(provider, reply))
  if (answer.status === 200) return {kind: 'granted', grant: await acceptTokenGrant(deps, provider, answer)}
  switch (answer.body.error) {
    case 'authorization_pending':
      return {kind: 'pending'}
    case 'slow_down':
      return {kind: 'slow-down'}
    case 'access_denied':
      return {kind: 'denied'}
    case 'expired_token':
    case 'invalid_grant':
      return {kind: 'expired'}
    default:
      throw describeRefusedAnswer(answer, {provider, sent: [deviceCode]})
  }
}
