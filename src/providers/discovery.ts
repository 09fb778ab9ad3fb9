import {z} from 'zod'

import {BehalfError} from '../model/behalf-error.js'
import type {HttpExchange} from './http-exchange.js'
import {readJsonAnswer, type JsonAnswer} from './json-answer.js'
import {loadLibrary, sendBuilt, toResponse} from './oauth-library.js'
import {parseEndpointUrl} from './endpoint-url.js'
import type {DiscoveredEndpoints} from './provider-client.js'
import {describeUnavailability} from './require-answer.js'

const url = z.string().optional()
const metadata = z.object({
  issuer: z.string(),
  authorization_endpoint: url,
  token_endpoint: z.string(),
  device_authorization_endpoint: url,
  revocation_endpoint: url,
  userinfo_endpoint: url,
  jwks_uri: url,
  authorization_response_iss_parameter_supported: z.boolean().catch(false),
  code_challenge_methods_supported: z.array(z.string()).catch([]),
  // RFC 8414 2: what applies when it is left out.
  token_endpoint_auth_methods_supported: z.array(z.string()).catch(['client_secret_basic']),
})

/** OpenID Connect Discovery 1.0 4; where there is nothing, RFC 8414 3. The issuer must call itself what it was called. */
export async function discoverEndpoints(exchange: HttpExchange, issuer: string): Promise<DiscoveredEndpoints> {
  const issuerUrl = parseEndpointUrl(issuer, 'The issuer')
  const answer =
    (await fetchMetadata(exchange, issuerUrl, 'oidc')) ?? (await fetchMetadata(exchange, issuerUrl, 'oauth2'))
  if (answer === undefined) throw failDiscovery(issuer, 'publishes no settings')
  const oauth = await loadLibrary()
  try {
    await oauth.processDiscoveryResponse(issuerUrl, toResponse(answer))
  } catch (error) {
    throw failDiscovery(issuer, error instanceof Error ? error.message : 'unreadable')
  }
  const parsed = metadata.safeParse(answer.body)
  if (!parsed.success) {
    throw failDiscovery(issuer, `has no usable ${parsed.error.issues.map(({path}) => path.join('.')).join(', ')}`)
  }
  return toEndpoints(parsed.data)
}

/** Undefined when there is no such document. */
async function fetchMetadata(
  exchange: HttpExchange,
  issuer: URL,
  algorithm: 'oidc' | 'oauth2',
): Promise<JsonAnswer | undefined> {
  const oauth = await loadLibrary()
  const outcome = await sendBuilt({oauth, exchange}, (options) =>
    oauth.discoveryRequest(issuer, {...options, algorithm}),
  )
  const reason = describeUnavailability(outcome)
  if (reason !== undefined || outcome.kind !== 'reply') {
    throw new BehalfError('unavailable', `${issuer.href} ${reason ?? 'did not answer'}.`, {
      hint: 'Try again in a moment.',
    })
  }
  return outcome.reply.status === 200 ? readJsonAnswer(outcome.reply) : undefined
}

function toEndpoints(found: z.infer<typeof metadata>): DiscoveredEndpoints {
  const check = (name: string, text: string): string => {
    parseEndpointUrl(text, `The ${name} of ${found.issuer}`)
    return text
  }
  return {
    issuer: found.issuer,
    tokenUrl: check('token endpoint', found.token_endpoint),
    ...(found.authorization_endpoint && {authorizeUrl: check('authorization endpoint', found.authorization_endpoint)}),
    ...(found.device_authorization_endpoint && {
      deviceUrl: check('device authorization endpoint', found.device_authorization_endpoint),
    }),
    ...(found.revocation_endpoint && {revokeUrl: check('revocation endpoint', found.revocation_endpoint)}),
    ...(found.userinfo_endpoint && {userinfoUrl: check('userinfo endpoint', found.userinfo_endpoint)}),
    ...(found.jwks_uri && {jwksUrl: check('key set', found.jwks_uri)}),
    ...(found.authorization_response_iss_parameter_supported && {issInCallback: true}),
    pkce: found.code_challenge_methods_supported.includes('S256'),
    authMethods: found.token_endpoint_auth_methods_supported,
  }
}

const failDiscovery = (issuer: string, why: string): BehalfError =>
  new BehalfError('configuration', `The issuer ${issuer} cannot be used: ${why}.`, {
    hint: 'Check its address, or name the endpoints with --authorize-url and --token-url.',
  })
