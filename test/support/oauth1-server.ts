import {randomBytes, randomInt} from 'node:crypto'
import {once} from 'node:events'
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {buffer} from 'node:stream/consumers'

import type {Provider} from '../../src/model/provider.js'
import {Secret} from '../../src/model/secret.js'
import {decisionForm, sendForm, sendJson, sendPage} from './oauth1-pages.js'
import {isSignatureOf, readMessage, type Message} from './oauth1-signature.js'

/**
 * A service that speaks OAuth 1.0a, with a small API like Twitter's. It verifies signatures by itself, and refuses a
 * nonce that it has seen and a timestamp that is not about now. Everyone is logged in as whom they say on its page.
 */
export interface OAuth1Server {
  readonly origin: string
  /** What a provider is made of that is this service; `apiUrl` is `…/1.1`. */
  readonly provider: Partial<Provider>
  /** Calls of the API whose signature was right, in their order. */
  readonly calls: OAuth1Call[]
  /** Why requests were refused, in their order. */
  readonly refused: string[]
  readonly tweets: {login: string; text: string}[]
  /** So many calls of the API are taken, and their connections closed without an answer. */
  drops: number
  /** What a person does on the authorization page. */
  decide(authorizationUrl: string, person: string, decision?: 'approve' | 'deny'): Promise<OAuth1Decision>
  /** A token as if that person had authorized the client. */
  grant(person: string): {token: Secret; tokenSecret: Secret; userId: string}
  /** The person's tokens end. */
  revoke(person: string): void
  stop(): Promise<void>
}

export interface OAuth1Call {
  /** Who called: the login name that the token belongs to. */
  login: string
  method: string
  /** The path below `/1.1`, as it came. */
  path: string
  parameters: [string, string][]
  body: string
}

export type OAuth1Decision = {kind: 'pin'; pin: string} | {kind: 'redirect'; url: string} | {kind: 'denied'}

interface Temporary {
  secret: string
  callback: string
  verifier?: string
  login?: string
}

const CLIENT_ID = 'made-up-consumer-key'
const CLIENT_SECRET = 'made-up/consumer+secret'
const TIMESTAMP_SLACK_S = 300

export async function startOAuth1Server(now: () => number = Date.now): Promise<OAuth1Server> {
  const temporaries = new Map<string, Temporary>()
  const tokens = new Map<string, {secret: string; login: string}>()
  const nonces = new Set<string>()
  const userIds = new Map<string, string>()
  const server = createServer((request, response) => {
    void answer(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`

  const makeToken = (): string => `made-up-${randomBytes(12).toString('hex')}`

  function userIdOf(login: string): string {
    const known = userIds.get(login) ?? String(7_000_000 + userIds.size)
    userIds.set(login, known)
    return known
  }

  function issue(login: string): {token: string; secret: string} {
    const [token, secret] = [`${userIdOf(login)}-${makeToken()}`, makeToken()]
    tokens.set(token, {secret, login})
    return {token, secret}
  }

  /** What the protocol says of the request, once it is known to be right. */
  function verify(request: IncomingMessage, body: Buffer, secretOf: (token: string) => string | undefined): Message {
    const {method = '', url: target = '', headers} = request
    const message = readMessage({method, target, headers, body})
    const read = (name: string): string => message.protocol.get(name) ?? ''
    if (read('oauth_consumer_key') !== CLIENT_ID) throw new Error('an unknown client')
    if (read('oauth_signature_method') !== 'HMAC-SHA1') throw new Error('an unknown method of signing')
    if (message.parameters.some(([name]) => name.startsWith('oauth_'))) throw new Error('parameters beside the header')
    if (Math.abs(Number(read('oauth_timestamp')) - now() / 1000) > TIMESTAMP_SLACK_S) throw new Error('a timestamp')
    const nonce = `${read('oauth_timestamp')} ${read('oauth_nonce')}`
    if (read('oauth_nonce') === '' || nonces.has(nonce)) throw new Error('a replayed nonce')
    const tokenSecret = secretOf(read('oauth_token'))
    if (tokenSecret === undefined) throw new Error('an unknown token')
    if (!isSignatureOf(read('oauth_signature'), message.baseString, CLIENT_SECRET, tokenSecret)) {
      throw new Error(`a wrong signature: ${message.baseString}`)
    }
    nonces.add(nonce)
    return message
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request)
    const path = (request.url ?? '').split('?')[0] ?? ''
    response.setHeader('Date', new Date(now()).toUTCString())
    try {
      if (path === '/oauth/authorize') showOrDecide(request, response, body)
      else if (path === '/oauth/request_token') requestToken(request, response, body)
      else if (path === '/oauth/access_token') accessToken(request, response, body)
      else callApi(request, response, body, path.replace(/^\/1\.1/, ''))
    } catch (error) {
      running.refused.push(error instanceof Error ? error.message : String(error))
      sendJson(response, 401, {errors: [{code: 32, message: 'Could not authenticate you.'}]})
    }
  }

  function requestToken(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
    const {protocol} = verify(request, body, (token) => (token === '' ? '' : undefined))
    const [token, secret] = [makeToken(), makeToken()]
    temporaries.set(token, {secret, callback: protocol.get('oauth_callback') ?? ''})
    sendForm(response, {oauth_token: token, oauth_token_secret: secret, oauth_callback_confirmed: 'true'})
  }

  function accessToken(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
    const {protocol} = verify(request, body, (token) => temporaries.get(token)?.secret)
    const token = protocol.get('oauth_token') ?? ''
    const {verifier, login} = temporaries.get(token) ?? {}
    if (login === undefined || verifier !== protocol.get('oauth_verifier')) throw new Error('a wrong verifier')
    temporaries.delete(token)
    const issued = issue(login)
    sendForm(response, {
      oauth_token: issued.token,
      oauth_token_secret: issued.secret,
      user_id: userIdOf(login),
      screen_name: login,
    })
  }

  function showOrDecide(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
    const query = new URLSearchParams((request.url ?? '').split('?')[1])
    if (request.method === 'GET') {
      sendPage(response, temporaries.has(query.get('oauth_token') ?? '') ? decisionForm(query) : '<h1>Not known</h1>')
      return
    }
    const form = new URLSearchParams(body.toString())
    const token = form.get('oauth_token') ?? ''
    const temporary = temporaries.get(token)
    if (!temporary) throw new Error('an unknown request token')
    const isOutOfBand = temporary.callback === 'oob'
    const url = isOutOfBand ? new URL(origin) : new URL(temporary.callback)
    if (form.get('decision') !== 'approve') {
      temporaries.delete(token)
      url.searchParams.set('denied', token)
    } else {
      temporary.login = form.get('person') ?? 'nobody'
      temporary.verifier = isOutOfBand ? String(randomInt(1_000_000, 9_999_999)) : makeToken()
      url.searchParams.set('oauth_token', token)
      url.searchParams.set('oauth_verifier', temporary.verifier)
    }
    if (!isOutOfBand) response.writeHead(302, {location: url.href}).end()
    else if (temporary.verifier === undefined) sendPage(response, '<h1>Denied</h1>')
    else sendPage(response, `<h1>Your PIN</h1><code>${temporary.verifier}</code>`)
  }

  function callApi(request: IncomingMessage, response: ServerResponse, body: Buffer, path: string): void {
    const {protocol, parameters} = verify(request, body, (token) => tokens.get(token)?.secret)
    const {login = ''} = tokens.get(protocol.get('oauth_token') ?? '') ?? {}
    const {method = ''} = request
    running.calls.push({login, method, path, parameters, body: body.toString()})
    if (running.drops > 0) {
      running.drops -= 1
      request.socket.destroy()
      return
    }
    const values = new Map(parameters)
    const describe = (tweet: {login: string; text: string}) => ({
      created_at: 'Wed Oct 10 20:19:24 +0000 2018',
      text: tweet.text,
      user: {screen_name: tweet.login, id_str: userIdOf(tweet.login)},
    })
    if (method === 'POST' && path === '/statuses/update.json') {
      const tweet = {login, text: values.get('status') ?? ''}
      running.tweets.push(tweet)
      sendJson(response, 200, describe(tweet))
    } else if (method === 'GET' && path === '/search/tweets.json') {
      const query = (values.get('q') ?? '').toLowerCase()
      sendJson(response, 200, {
        statuses: running.tweets.filter(({text}) => text.toLowerCase().includes(query)).map(describe),
      })
    } else if (method === 'GET' && path === '/account/verify_credentials.json') {
      sendJson(response, 200, {id_str: userIdOf(login), screen_name: login, name: login.toUpperCase()})
    } else sendJson(response, 404, {errors: [{code: 34, message: 'Sorry, that page does not exist.'}]})
  }

  const running: OAuth1Server = {
    origin,
    provider: {
      dialect: 'rfc',
      credentialKinds: ['oauth1'],
      requestTokenUrl: `${origin}/oauth/request_token`,
      authorizeUrl: `${origin}/oauth/authorize`,
      tokenUrl: `${origin}/oauth/access_token`,
      userinfoUrl: `${origin}/1.1/account/verify_credentials.json`,
      apiUrl: `${origin}/1.1`,
      identity: {userId: 'id_str', login: 'screen_name', displayName: 'name'},
      clientId: CLIENT_ID,
      clientSecret: new Secret(CLIENT_SECRET),
      pkce: false,
      scopes: {},
    },
    calls: [],
    refused: [],
    tweets: [],
    drops: 0,
    async decide(authorizationUrl, person, decision = 'approve') {
      const page = await (await fetch(authorizationUrl)).text()
      const [, token = ''] = /name="oauth_token" value="([^"]*)"/.exec(page) ?? []
      const response = await fetch(`${origin}/oauth/authorize`, {
        method: 'POST',
        body: new URLSearchParams({oauth_token: token, person, decision}),
        redirect: 'manual',
      })
      const url = response.headers.get('location')
      if (url !== null) return {kind: 'redirect', url}
      const [, pin] = /<code>(\d+)<\/code>/.exec(await response.text()) ?? []
      return pin === undefined ? {kind: 'denied'} : {kind: 'pin', pin}
    },
    grant(person) {
      const {token, secret} = issue(person)
      return {token: new Secret(token), tokenSecret: new Secret(secret), userId: userIdOf(person)}
    },
    revoke(person) {
      for (const [token, {login}] of tokens) if (login === person) tokens.delete(token)
    },
    async stop() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
  return running
}
