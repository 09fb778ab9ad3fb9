import assert from 'node:assert/strict'

import {IrcClient} from './irc-client.js'
import type {SandboxCaller} from './sandbox-caller.js'

const SCOPES = 'chat:read chat:edit'

export interface ChatLogin {
  scope?: string
  capabilities?: string
}

/** Chat clients of a sandbox, as any of its users. */
export class SandboxChat {
  readonly #caller: SandboxCaller
  #clients: IrcClient[] = []

  constructor(caller: SandboxCaller) {
    this.#caller = caller
  }

  /** Ends it with the others. */
  keep(client: IrcClient): IrcClient {
    this.#clients.push(client)
    return client
  }

  /** Over TCP. */
  async connect(): Promise<IrcClient> {
    return this.keep(await IrcClient.tcp(this.#caller.sandbox.ircPort ?? 0))
  }

  async tokenOf(login: string, scope = SCOPES): Promise<string> {
    return (await this.#caller.logIn(login, scope)).access_token
  }

  async logIn(login: string, {scope, capabilities}: ChatLogin = {}): Promise<IrcClient> {
    const client = await this.connect()
    await client.logIn(login, `oauth:${await this.tokenOf(login, scope)}`, capabilities)
    return client
  }

  /** Logs in, and is in the room once it has heard all about it. */
  async enter(room: string, login: string, options?: ChatLogin): Promise<IrcClient> {
    const client = await this.logIn(login, options)
    client.send(`JOIN ${room}`)
    await client.expect(/ JOIN /)
    await client.settle()
    return client
  }

  /** What a client is told between now and the end of what `act` did. */
  async hear(client: IrcClient, act: () => unknown): Promise<string[]> {
    const before = client.lines.length
    await act()
    await client.settle()
    return client.lines.slice(before, -1)
  }

  /** A call of Helix as this user, which succeeds. */
  async callHelix(login: string, scope: string, [method, path]: [string, string], body?: unknown): Promise<unknown> {
    const answer = await this.#caller.send(`/helix${path}`, {
      method,
      headers: {
        authorization: `Bearer ${await this.tokenOf(login, scope)}`,
        'client-id': this.#caller.client.id,
        'content-type': 'application/json',
      },
      ...(body !== undefined && {body: JSON.stringify(body)}),
    })
    assert.ok(answer.status < 300, answer.text)
    return answer.json
  }

  /** Ends every client, and waits until the sandbox has noticed. */
  async endAll(): Promise<void> {
    for (const client of this.#clients) client.destroy()
    this.#clients = []
    while (this.#caller.sandbox.state.chat.list().length > 0) await new Promise(setImmediate)
  }
}
