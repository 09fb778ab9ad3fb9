import {revokeApiToken} from '../../src/broker/api-tokens.js'
import {issueApiToken} from '../../src/broker/issue-api-token.js'
import {createChatWebSockets} from '../../src/daemon/irc/chat-web-sockets.js'
import {createIrcGateway} from '../../src/daemon/irc/irc-gateway.js'
import {openIrcDoor} from '../../src/daemon/irc/open-irc-door.js'
import {createActivity} from '../../src/daemon/observe/activity.js'
import {parseApiToken} from '../../src/model/api-token-text.js'
import {Secret} from '../../src/model/secret.js'
import type {ChatConnection} from '../../src/sandbox/irc/chat-connection.js'
import {makeDoorScene} from './door-scene.js'
import {createFakeClock} from './fake-clock.js'
import {SILENT_CHAT_METRICS} from './irc-parts.js'
import {makeSandboxScene, type SandboxScene} from './sandbox-scene.js'

/** The IRC gateway on both of its doors, with the sandbox for a chat server. */
export interface GatewayScene extends SandboxScene {
  /** Of the gateway: TCP, and the WebSocket `/irc`. */
  readonly tcpPort: number
  readonly webSocketPort: number
  /** A new API token that may chat as this account alone. */
  issueFor(login: string): Promise<string>
  revoke(apiToken: string): Promise<void>
  /** This account's connections at the sandbox that are in a room. */
  present(login: string): ChatConnection[]
}

export async function makeGatewayScene(): Promise<GatewayScene> {
  const scene = await makeSandboxScene('confidential', {clock: createFakeClock(), irc: {port: 0}})
  const {deps, sandbox} = scene
  const ignore = () => undefined
  const gateway = createIrcGateway(
    {
      ...deps,
      activity: createActivity(deps),
      log: {debug: ignore, info: ignore, warn: ignore, error: ignore, audit: ignore},
      metrics: {
        chat: SILENT_CHAT_METRICS,
        observePassthrough: ignore,
        countRefresh: ignore,
        observeLockWait: ignore,
        expose: () => Promise.reject(new Error('nobody was to ask')),
      },
      settings: {irc: {upstream: {host: 'localhost', port: sandbox.ircPort ?? 0, isPlain: true}, messages: 20}},
    },
    {limits: {checkEveryMs: 50, goodbyeMs: 100}},
  )
  const tcp = await openIrcDoor(gateway, {host: '127.0.0.1', port: 0})
  const webSocket = await makeDoorScene({chat: createChatWebSockets(gateway)})
  return {
    ...scene,
    tcpPort: tcp.port,
    webSocketPort: webSocket.port,
    async issueFor(login) {
      const input = {name: `made up for ${login}`, scopes: ['chat'], as: [login], asAny: false}
      return (await issueApiToken(deps, input)).token.reveal()
    },
    async revoke(apiToken) {
      await revokeApiToken(deps, parseApiToken(new Secret(apiToken))?.id ?? '')
    },
    present: (login) =>
      sandbox.state.chat.list().filter(({speaker, rooms}) => speaker?.user?.login === login && rooms.size > 0),
    async dispose() {
      tcp.close()
      await gateway.close()
      await webSocket.dispose()
      await scene.dispose()
    },
  }
}
