import {once} from 'node:events'
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {text} from 'node:stream/consumers'
import {setTimeout as wait} from 'node:timers/promises'

import {createSystemClock} from '../../src/config/system-clock.js'
import {originsOf, type Provider} from '../../src/model/provider.js'
import {Secret} from '../../src/model/secret.js'
import {CrowdProvider} from './crowd-provider.js'
import {watch} from './e2e-run.js'
import {makeAccount} from './make-account.js'
import {makeProvider} from './make-provider.js'
import type {ProgramHome} from './program-home.js'

/** A crowd's provider behind real sockets. Every secret that it ever issues is looked for in the end. */
export interface CrowdServer {
  readonly crowd: CrowdProvider
  readonly provider: Provider
  /** Stores the provider, and so many accounts, whose tokens have all expired. */
  stock(home: ProgramHome, count: number): Promise<void>
  stop(): Promise<void>
}

export interface CrowdServerOptions {
  lifeMs: number
  /** How long it takes, at most, from when a refresh is processed to when it is answered. */
  delayMs: number
  /** Its refresh tokens stay as they are, and it is known that they may be sent again. */
  isSafe?: boolean
}

export async function startCrowdServer({lifeMs, delayMs, isSafe = false}: CrowdServerOptions): Promise<CrowdServer> {
  const crowd = new CrowdProvider(createSystemClock(), lifeMs)
  crowd.rotates = !isSafe

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = new URLSearchParams(await text(request))
    const {status, headers, body} = crowd.answer(form.get('refresh_token') ?? '')
    for (const [, token = ''] of body.matchAll(/_token":"([^"]+)"/g)) watch.keep('token', token)
    await wait(delayMs * Math.random())
    response.writeHead(status, {...headers, 'content-type': 'application/json'}).end(body)
  }

  const server = createServer((request, response) => void respond(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const {port} = server.address() as AddressInfo
  const provider = makeProvider({
    tokenUrl: `http://127.0.0.1:${String(port)}/token`,
    ...(isSafe && {replay: {kind: 'safe'}}),
  })
  return {
    crowd,
    provider,
    async stock(home, count) {
      const userIds = Array.from({length: count}, (_, i) => String(i))
      const store = await home.openStore()
      await store.providers.put(provider)
      const now = Date.now()
      const place = {provider: provider.name, clientId: provider.clientId, origins: originsOf(provider)}
      await Promise.all(
        userIds.map((userId) =>
          store.accounts.put(
            makeAccount({
              ...place,
              userId,
              credential: {
                accessToken: new Secret(`made-up-access-0-of-${userId}`),
                refreshToken: new Secret(CrowdProvider.firstTokenOf(userId)),
                issuedAt: now - lifeMs,
                expiresAt: now,
                refreshTokenIssuedAt: now - lifeMs,
              },
            }),
          ),
        ),
      )
      await store.close()
    },
    async stop() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
