import type {BrokerDeps} from '../../src/broker/broker-deps.js'
import {issueApiToken, type IssueTokenInput} from '../../src/broker/issue-api-token.js'
import type {AuditedCall, ChatMetrics} from '../../src/daemon/daemon-deps.js'
import {createIrcGateway, type IrcGateway, type IrcLimits} from '../../src/daemon/irc/irc-gateway.js'
import {openIrcDoor, type IrcDoor} from '../../src/daemon/irc/open-irc-door.js'
import {createActivity, type Activity} from '../../src/daemon/observe/activity.js'
import type {OAuth2Account} from '../../src/model/account.js'
import type {Provider} from '../../src/model/provider.js'
import type {Clock} from '../../src/model/time.js'
import type {Store} from '../../src/store/store.js'
import {makeBrokerWorld, type BrokerWorld, type BrokerWorldOptions} from './broker-world.js'
import {startChatServer, type ChatServer} from './chat-server.js'
import {createFakeClock} from './fake-clock.js'
import {IrcClient} from './irc-client.js'
import type {AccountParts} from './make-account.js'
import {makeProvider} from './make-provider.js'
import {scriptRefresh, type ScriptedRefresh} from './scripted-refresh.js'
import {tokensOf} from './tokens-of.js'

/** The IRC gateway on TCP, over a chat server that does what a test says, with two bots. */
export interface IrcScene {
  readonly world: BrokerWorld
  readonly provider: Provider
  readonly gateway: IrcGateway
  readonly port: number
  readonly server: ChatServer
  readonly refresh: ScriptedRefresh
  /** `bot_one` and `bot_two`. */
  readonly bots: readonly [OAuth2Account, OAuth2Account]
  readonly audited: AuditedCall[]
  readonly logged: {event: string; fields: unknown}[]
  readonly metrics: string[]
  readonly activity: Activity
  /** An API token with the scope `chat`, as any bot, unless told otherwise. */
  issue(input?: Partial<IssueTokenInput>): Promise<string>
  /** A bot whose access token the chat server takes. */
  addBot(login: string, parts?: AccountParts): Promise<OAuth2Account>
  connect(port?: number): Promise<IrcClient>
  /** A client that has been let in. */
  logIn(nick: string, token: string, capabilities?: string, port?: number): Promise<IrcClient>
  /** The gateway of another daemon, on the same store. @returns its port. */
  addDaemon(): Promise<number>
  dispose(): Promise<void>
}

export interface IrcSceneOptions extends Pick<BrokerWorldOptions, 'makePlace'> {
  limits?: Partial<IrcLimits>
  messages?: number
  tls?: {key: string; cert: string; trusted: string}
  /** Of another chat server on this machine, without TLS. */
  upstreamPort?: number
  /** Instead of `metrics`. */
  chatMetrics?: ChatMetrics
  /** Instead of the world's. */
  wrapStore?: (store: Store, clock: Clock) => Store
}

export async function makeIrcScene(options: IrcSceneOptions = {}): Promise<IrcScene> {
  const clock = createFakeClock()
  const refresh = scriptRefresh(clock)
  const {makePlace, tls} = options
  const world = await makeBrokerWorld({clock, client: refresh.client, ...(makePlace && {makePlace})})
  const provider = makeProvider({name: 'twitch', dialect: 'twitch', apiUrl: 'https://api.example.test/helix'})
  await world.store.providers.put(provider)
  const server = await startChatServer(tls)
  const clients: IrcClient[] = []
  const audited: AuditedCall[] = []
  const logged: IrcScene['logged'] = []
  const counted: string[] = []
  const activity = createActivity({clock})
  const note = (event: string, fields: unknown): void => void logged.push({event, fields})
  const chat: ChatMetrics = {
    countConnection: (change) => void counted.push(`connection ${String(change)}`),
    countRefusal: (code) => void counted.push(`refusal ${code}`),
    countLines: () => undefined,
    countWait: (kind) => void counted.push(`wait ${kind}`),
  }
  const daemons: {gateway: IrcGateway; door: IrcDoor}[] = []
  async function openDaemon(deps: BrokerDeps): Promise<{gateway: IrcGateway; door: IrcDoor}> {
    const gateway = createGateway(deps)
    const daemon = {gateway, door: await openIrcDoor(gateway, {host: '127.0.0.1', port: 0})}
    daemons.push(daemon)
    return daemon
  }
  const createGateway = (deps: BrokerDeps) =>
    createIrcGateway(
      {
        ...deps,
        store: options.wrapStore?.(deps.store, clock) ?? deps.store,
        log: {debug: note, info: note, warn: note, error: note, audit: (call) => audited.push(call)},
        activity,
        metrics: {
          chat: options.chatMetrics ?? chat,
          observePassthrough: () => undefined,
          countRefresh: () => undefined,
          observeLockWait: () => undefined,
          expose: () => Promise.reject(new Error('nobody was to ask')),
        },
        settings: {
          irc: {
            upstream: {host: 'localhost', port: options.upstreamPort ?? server.port, isPlain: !tls},
            messages: options.messages ?? 20,
          },
        },
      },
      {limits: {checkEveryMs: 20, goodbyeMs: 200, ...options.limits}, ...(tls && {ca: tls.trusted})},
    )
  const {gateway, door} = await openDaemon(world.deps)
  const addBot = async (login: string, parts: AccountParts = {}): Promise<OAuth2Account> => {
    const account = await world.addAccount(provider, {
      ...parts,
      login,
      credential: {scopes: ['chat:read', 'chat:edit'], ...parts.credential},
    })
    server.tokens.add(tokensOf(account).accessToken.reveal())
    return account
  }
  const bots = [await addBot('bot_one', {userId: '2001'}), await addBot('bot_two', {userId: '2002'})] as const
  const connect = async (port = door.port): Promise<IrcClient> => {
    const client = await IrcClient.tcp(port)
    clients.push(client)
    return client
  }
  return {
    world,
    provider,
    gateway,
    port: door.port,
    server,
    refresh,
    bots,
    audited,
    logged,
    metrics: counted,
    activity,
    async issue(input = {}) {
      const whole = {name: 'made up', scopes: ['chat'], as: [], asAny: input.as === undefined, ...input}
      return (await issueApiToken(world.deps, whole)).token.reveal()
    },
    addBot,
    connect,
    async logIn(nick, token, capabilities = '', port = door.port) {
      const client = await connect(port)
      await client.logIn(nick, `oauth:${token}`, capabilities)
      return client
    },
    addDaemon: async () => (await openDaemon(await world.openAgain())).door.port,
    async dispose() {
      for (const {door} of daemons) door.close()
      for (const client of clients) client.destroy()
      for (const {gateway} of daemons) await gateway.close()
      await server.stop()
      await world.dispose()
    },
  }
}
