import {spawn, type ChildProcess} from 'node:child_process'
import {join} from 'node:path'
import {createInterface} from 'node:readline'
import {setTimeout as wait} from 'node:timers/promises'

import {issueApiToken} from '../../src/broker/issue-api-token.js'
import {createSystemClock} from '../../src/config/system-clock.js'
import {createSystemRandom} from '../../src/config/system-random.js'
import {HOUR_MS, SECOND_MS} from '../../src/model/time.js'
import type {Sandbox} from '../../src/sandbox/start-sandbox.js'
import {openJsonStore} from '../../src/store/json-store.js'
import {benchLogin, makeBenchHome, type BenchHome} from './bench-home.js'
import {endProcess, residentMib, startProcess} from './bench-process.js'
import {median} from './time-commands.js'

const behalf = join(import.meta.dirname, '../../bin/run.js')
/** Each with an API token and an account of its own: one may have 20 connections, and log in 20 times in 10 s. */
const BOTS = 50
const CONNECTIONS_EACH = 20
const ROUNDS = 5
const LINES = 1000
const WARM_UP_LINES = 500
/** As many as `serve` takes, so that none waits: warm-up and rounds are fewer. */
const MESSAGES = '7500'
/** After the logins, before the memory is read. */
const SETTLE_MS = 3 * SECOND_MS

/** What was measured of one way to the chat server. */
interface WayTimes {
  name: string
  /** A message there and back, while all the others are connected. */
  medianMs: number
  /** What an idle connection adds to the memory of the process in between. */
  kibEach: number
}

export interface IrcTimes {
  connections: number
  direct: Pick<WayTimes, 'name' | 'medianMs'>
  behalf: WayTimes
  relay: WayTimes
  /** Of the daemon, with nobody connected and with all, in MiB. */
  mib: {idle: number; full: number}
}

/** A nick and its password. */
type Login = readonly [string, string]

/** Measures the IRC gateway beside a relay that looks at nothing, before the same chat server, each a process. */
export async function timeIrc(sandbox: Sandbox): Promise<IrcTimes> {
  const stops: (() => Promise<unknown>)[] = []
  const start = async (args: string[], env?: NodeJS.ProcessEnv): Promise<{line: string; child: ChildProcess}> => {
    const started = await startProcess(process.execPath, args, env)
    stops.push(() => endProcess(started.child))
    return started
  }
  const startClients = async (port: string, logins: Login[]): Promise<ChatClients> => {
    const clients = await startChatClients(port, logins)
    stops.push(() => clients.end())
    return clients
  }
  const script = (name: string): string => join(import.meta.dirname, name)
  try {
    const server = await start([script('line-server.js')])
    const relay = await start([script('line-relay.js'), server.line])
    // One more, whose messages are timed.
    const home = await makeBenchHome(sandbox, BOTS + 1, 4 * HOUR_MS, {scopes: ['chat:read', 'chat:edit']})
    stops.push(() => home.remove())
    const [talker, ...bots] = await issueChatTokens(home)
    if (talker === undefined) throw new Error('Nobody talks')
    const serve = [behalf, 'serve', '--json', '--no-socket', '--listen', '127.0.0.1:0', '--irc', '127.0.0.1:0']
    const upstream = ['--irc-upstream', `irc://127.0.0.1:${server.line}`, '--irc-messages', MESSAGES]
    const daemon = await start([...serve, ...upstream], {...home.env, BEHALF_LOG_LEVEL: 'silent'})
    const {irc} = JSON.parse(daemon.line) as {irc: string}

    const places = [
      {port: server.line, child: undefined},
      {port: new URL(irc).port, child: daemon.child},
      {port: relay.line, child: relay.child},
    ]
    const idlers = bots.flatMap((bot) => Array.from({length: CONNECTIONS_EACH}, () => bot))
    const ways: {talker: ChatClients; idleMib: number; fullMib: number}[] = []
    for (const {port, child} of places) {
      const timed = await startClients(port, [talker])
      await timed.timeLines(WARM_UP_LINES)
      const idleMib = child ? residentMib(child) : NaN
      if (child) await startClients(port, idlers)
      await wait(child ? SETTLE_MS : 0)
      ways.push({talker: timed, idleMib, fullMib: child ? residentMib(child) : NaN})
    }
    const times = ways.map((): number[] => [])
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [at, way] of ways.entries()) times[at]?.push(await way.talker.timeLines(LINES))
    }
    const [direct, own, plain] = ways.map(({idleMib, fullMib}, at) => ({
      medianMs: median(times[at] ?? []),
      kibEach: ((fullMib - idleMib) * 1024) / idlers.length,
      mib: {idle: idleMib, full: fullMib},
    }))
    if (!direct || !own || !plain) throw new Error('Nothing was measured')
    return {
      connections: idlers.length,
      direct: {name: 'no gateway', medianMs: direct.medianMs},
      behalf: {name: '`behalf serve --irc`', ...own},
      relay: {name: 'bare relay', ...plain},
      mib: own.mib,
    }
  } finally {
    for (const stop of stops.reverse()) await stop()
  }
}

/** An API token for each bot, which chats as it alone. */
async function issueChatTokens({env, accounts}: BenchHome): Promise<Login[]> {
  const clock = createSystemClock()
  const path = env.BEHALF_STORE ?? ''
  const store = await openJsonStore({path, secret: {kind: 'file', path: env.BEHALF_SECRET_FILE ?? ''}, clock})
  const deps = {store, clock, random: createSystemRandom()}
  const logins: Login[] = []
  for (const at of accounts.keys()) {
    const nick = benchLogin(at)
    const input = {name: `for ${nick}`, scopes: ['chat'], as: [nick], asAny: false}
    logins.push([nick, (await issueApiToken(deps, input)).token.reveal()])
  }
  await store.close()
  return logins
}

/** Connections of one process that stay. */
interface ChatClients {
  /** The median of so many messages of the first one, there and back, in milliseconds. */
  timeLines(count: number): Promise<number>
  end(): Promise<void>
}

async function startChatClients(port: string, logins: Login[]): Promise<ChatClients> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'chat-clients.js'), port], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const ask = async (question: string): Promise<number> => {
    child.stdin.write(`${question}\n`)
    const answer: IteratorResult<string, undefined> = await lines.next()
    if (answer.done === true) throw new Error('The chat clients have ended')
    return Number(answer.value)
  }
  await ask(JSON.stringify(logins))
  return {timeLines: (count) => ask(String(count)), end: () => endProcess(child)}
}
