import assert from 'node:assert/strict'

import type {Client} from '../../src/sandbox/records.js'
import type {Sandbox} from '../../src/sandbox/start-sandbox.js'

export interface Answer {
  status: number
  headers: Headers
  text: string
  /** The parsed JSON; undefined when it is none. */
  json: unknown
}

export interface TokenAnswer {
  access_token: string
  refresh_token: string
  expires_in: number
  id_token?: string
  scope?: string[]
  token_type: string
}

/** Speaks to a sandbox as an app does, without behalf's own code. */
export class SandboxCaller {
  readonly sandbox: Sandbox
  readonly client: Client
  readonly publicClient: Client

  constructor(sandbox: Sandbox) {
    this.sandbox = sandbox
    this.client = sandbox.confidentialClient
    this.publicClient = sandbox.publicClient
  }

  async send(path: string, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(`${this.sandbox.url}${path}`, {redirect: 'manual', ...init})
    const text = await response.text()
    return {status: response.status, headers: response.headers, text, json: parseJson(text)}
  }

  /** Posts a form to a path below `/oauth2`. */
  post(path: string, fields: Record<string, string>): Promise<Answer> {
    return this.send(`/oauth2/${path}`, {method: 'POST', body: new URLSearchParams(fields)})
  }

  control(path: string, body: unknown = {}, method = 'POST'): Promise<Answer> {
    return this.send(`/_sandbox/${path}`, {method, ...(method === 'POST' && {body: JSON.stringify(body)})})
  }

  /** The query of an authorization request, with `changes` (undefined: left out). */
  authorizePath(changes: Record<string, string | undefined> = {}): string {
    const all = {
      client_id: this.client.id,
      redirect_uri: this.client.redirectUris[0],
      response_type: 'code',
      scope: 'user:read:email',
      state: 'state-made-up',
      ...changes,
    }
    const query = new URLSearchParams()
    for (const [name, value] of Object.entries(all)) if (value !== undefined) query.set(name, value)
    return `/oauth2/authorize?${query.toString()}`
  }

  /** Authorizes without a page. @returns where the browser is sent */
  async authorize(auto: string, changes: Record<string, string | undefined> = {}): Promise<URL> {
    const answer = await this.send(this.authorizePath(changes), {headers: {'X-Sandbox-Auto': auto}})
    assert.equal(answer.status, 302, answer.text)
    return new URL(answer.headers.get('location') ?? '')
  }

  /** Exchanges a code of the confidential client, with `changes` to the form. */
  exchange(code: string, changes: Record<string, string> = {}): Promise<Answer> {
    return this.post('token', {
      client_id: this.client.id,
      client_secret: this.client.secret ?? '',
      code,
      grant_type: 'authorization_code',
      redirect_uri: this.client.redirectUris[0] ?? '',
      ...changes,
    })
  }

  /** A user's tokens, for the confidential client. */
  async logIn(login: string, scope: string, changes: Record<string, string> = {}): Promise<TokenAnswer> {
    const back = await this.authorize(login, {scope, ...changes})
    const answer = await this.exchange(back.searchParams.get('code') ?? '')
    assert.equal(answer.status, 200, answer.text)
    return answer.json as TokenAnswer
  }

  /** A user's tokens, for the public client. */
  async logInDevice(login: string, scopes: string, client: Client = this.publicClient): Promise<TokenAnswer> {
    const started = (await this.post('device', {client_id: client.id, scopes})).json as Record<string, string>
    await this.control('device/approve', {user_code: started.user_code, login})
    const answer = await this.poll(started.device_code ?? '', client)
    assert.equal(answer.status, 200, answer.text)
    return answer.json as TokenAnswer
  }

  poll(deviceCode: string, client: Client = this.publicClient): Promise<Answer> {
    const grantType = 'urn:ietf:params:oauth:grant-type:device_code'
    return this.post('token', {client_id: client.id, device_code: deviceCode, grant_type: grantType})
  }

  refresh(refreshToken: string, client: Client = this.client): Promise<Answer> {
    return this.post('token', {
      client_id: client.id,
      ...(client.secret !== null && {client_secret: client.secret}),
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
    })
  }

  async appToken(): Promise<string> {
    const {id, secret} = this.client
    const fields = {client_id: id, client_secret: secret ?? '', grant_type: 'client_credentials'}
    return ((await this.post('token', fields)).json as TokenAnswer).access_token
  }

  validate(token: string, scheme = 'OAuth'): Promise<Answer> {
    return this.send('/oauth2/validate', {headers: {authorization: `${scheme} ${token}`}})
  }

  /** Calls Helix; `call` is such as `GET /users?id=1`. */
  helix(call: string, token: string, options: {body?: unknown; clientId?: string} = {}): Promise<Answer> {
    const [method = '', path = ''] = call.split(' ')
    return this.send(`/helix${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        'client-id': options.clientId ?? this.client.id,
        ...(options.body !== undefined && {'content-type': 'application/json'}),
      },
      ...(options.body !== undefined && {body: JSON.stringify(options.body)}),
    })
  }
}

/** Checks an answer of id.twitch.tv's form. */
export function assertIdentityError(answer: Answer, status: number, message: string): void {
  assert.deepEqual({status: answer.status, json: answer.json}, {status, json: {status, message}})
}

/** Checks an answer of Helix's form. */
export function assertHelixError(answer: Answer, status: number, message: string | RegExp): void {
  assert.equal(answer.status, status, answer.text)
  const body = answer.json as {error: string; status: number; message: string}
  assert.deepEqual(Object.keys(body).sort(), ['error', 'message', 'status'])
  assert.equal(body.status, status)
  if (typeof message === 'string') assert.equal(body.message, message)
  else assert.match(body.message, message)
}

/** The items of a list. */
export const dataOf = (answer: Answer): Record<string, unknown>[] => {
  assert.equal(answer.status < 300, true, answer.text)
  return (answer.json as {data: Record<string, unknown>[]}).data
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
