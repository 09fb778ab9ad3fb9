import {generateKeyPairSync} from 'node:crypto'
import {once} from 'node:events'
import {createServer, type Server} from 'node:http'
import type {AddressInfo} from 'node:net'

import type {Provider} from 'oidc-provider'

import {FormWalker} from './form-walker.js'
import {createOidcMemory} from './oidc-memory.js'
import {answerInteraction, devicePages, loginOf} from './oidc-pages.js'

export interface OidcServerOptions {
  /** Every refresh gives a new refresh token, and a used one ends the whole grant. Default: yes. */
  rotate?: boolean
  /** Seconds; default 3600. */
  accessTokenTtl?: number
  /** Redirect URIs of the two default clients; default `http://localhost:8420/callback`. */
  redirectUris?: string[]
  /** Told of every token and code it issues, and of every PKCE verifier it gets. */
  onSecret?: (kind: string, value: string) => void
  /** More clients, in the terms of OpenID Connect Dynamic Client Registration. */
  clients?: object[]
}

/** A real, certified authorization server that none of us wrote, on loopback, with everything in memory. */
export interface OidcServer {
  readonly issuer: string
  readonly url: string
  readonly client: {id: string; secret: string}
  /** A client without a secret. */
  readonly publicClient: {id: string}
  /** Every request to the token endpoint so far, with the error it was refused with. */
  readonly grants: {type: string; error?: string}[]
  /** Walks an authorization URL as a person would; returns the callback URL. */
  authorizeWithoutBrowser(url: string, login: string, action?: 'allow' | 'deny'): Promise<string>
  /** Confirms (or denies) a device login, from its `verification_uri_complete`. */
  confirmDevice(url: string, login: string, action?: 'allow' | 'deny'): Promise<void>
  stop(): Promise<void>
}

const CLIENT = {id: 'oidc-test-client', secret: 'made-up-oidc-test-secret'}
const PUBLIC_CLIENT = {id: 'oidc-test-public-client'}
const GRANT_TYPES = [
  'authorization_code',
  'refresh_token',
  'client_credentials',
  'urn:ietf:params:oauth:grant-type:device_code',
]

export async function startOidcServer(options: OidcServerOptions = {}): Promise<OidcServer> {
  const server = createServer()
  server.listen(0, 'localhost')
  await once(server, 'listening')
  const issuer = `http://localhost:${String((server.address() as AddressInfo).port)}`
  const provider = await createQuietly(issuer, options)
  const grants: OidcServer['grants'] = []
  provider.on('grant.success', ({oidc}) => {
    grants.push({type: oidc.params.grant_type ?? ''})
    if (oidc.params.code_verifier !== undefined) options.onSecret?.('PKCE verifier', oidc.params.code_verifier)
  })
  provider.on('grant.error', ({oidc}, {message: error}) => grants.push({type: oidc.params.grant_type ?? '', error}))
  const answer = provider.callback()
  server.on('request', (request, response) => {
    if (!request.url?.startsWith('/interaction/')) {
      answer(request, response)
      return
    }
    answerInteraction(provider, request, response).catch((error: unknown) => {
      response.statusCode = 400
      response.end(String(error))
    })
  })
  return {
    issuer,
    url: issuer,
    client: CLIENT,
    publicClient: PUBLIC_CLIENT,
    grants,
    async authorizeWithoutBrowser(url, login, action = 'allow') {
      const walker = new FormWalker(issuer)
      const page = await walker.open(url)
      return page.html === '' ? page.url : (await walker.submit(page, {login, action})).url
    },
    async confirmDevice(url, login, action = 'allow') {
      const walker = new FormWalker(issuer)
      const code = await walker.submit(await walker.open(url))
      const page = await walker.submit(code, {confirm: 'yes'})
      await walker.submit(page, {login, action})
    },
    stop: () => close(server),
  }
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closed
}

/** It warns of runtimes older than its own choice, and of what must be changed for production. */
async function createQuietly(issuer: string, options: OidcServerOptions): Promise<Provider> {
  const {warn, info} = console
  const silence = (): void => undefined
  Object.assign(console, {warn: silence, info: silence})
  try {
    const {Provider: OidcProvider} = await import('oidc-provider')
    return new OidcProvider(issuer, createConfiguration(options))
  } finally {
    Object.assign(console, {warn, info})
  }
}

/** Of these the id is the value itself. */
const SECRET_MODELS = ['AccessToken', 'AuthorizationCode', 'DeviceCode', 'RefreshToken']

function createConfiguration(options: OidcServerOptions) {
  const {rotate = true, accessTokenTtl = 3600, redirectUris, clients = [], onSecret} = options
  const {privateKey} = generateKeyPairSync('ec', {namedCurve: 'P-256'})
  const shared = {
    redirect_uris: redirectUris ?? ['http://localhost:8420/callback'],
    response_types: ['code'],
    id_token_signed_response_alg: 'ES256',
  }
  return {
    adapter: createOidcMemory((model, id) => {
      if (SECRET_MODELS.includes(model)) onSecret?.(model, id)
    }),
    clients: [
      {
        ...shared,
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        grant_types: GRANT_TYPES,
        token_endpoint_auth_method: 'client_secret_post',
      },
      {
        ...shared,
        client_id: PUBLIC_CLIENT.id,
        application_type: 'native',
        grant_types: GRANT_TYPES.filter((type) => type !== 'client_credentials'),
        token_endpoint_auth_method: 'none',
      },
      ...clients,
    ],
    jwks: {keys: [{...privateKey.export({format: 'jwk'}), kid: 'made-up-key', use: 'sig'}]},
    cookies: {keys: ['made-up-cookie-key']},
    pkce: {required: () => true},
    rotateRefreshToken: rotate,
    issueRefreshToken: (_context: unknown, client: {grantTypeAllowed(type: string): boolean}) =>
      Promise.resolve(client.grantTypeAllowed('refresh_token')),
    features: {
      devInteractions: {enabled: false},
      clientCredentials: {enabled: true},
      deviceFlow: {enabled: true, ...devicePages},
      revocation: {
        enabled: true,
        allowedPolicy: (_context: unknown, client: {clientId: string}, token: {clientId: string}) =>
          client.clientId === token.clientId,
      },
      rpInitiatedLogout: {enabled: true},
    },
    claims: {openid: ['sub'], profile: ['name', 'preferred_username'], email: ['email', 'email_verified']},
    findAccount: (_context: unknown, accountId: string) => ({
      accountId,
      claims: () => ({
        sub: accountId,
        preferred_username: loginOf(accountId),
        name: `${loginOf(accountId)} the made-up`,
        email: `${loginOf(accountId)}@example.test`,
        email_verified: true,
      }),
    }),
    interactions: {url: (_context: unknown, {uid}: {uid: string}) => `/interaction/${uid}`},
    ttl: {
      AccessToken: accessTokenTtl,
      AuthorizationCode: 60,
      ClientCredentials: accessTokenTtl,
      DeviceCode: 600,
      Grant: 86_400,
      IdToken: 3600,
      Interaction: 600,
      RefreshToken: 86_400,
      Session: 86_400,
    },
  }
}
