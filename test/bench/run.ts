import {availableParallelism} from 'node:os'
import {join} from 'node:path'

import {HOUR_MS, MINUTE_MS} from '../../src/model/time.js'
import {startSandbox, type Sandbox} from '../../src/sandbox/start-sandbox.js'
import {CALLS, timeHelixCalls} from './bench-helix.js'
import {benchLogin, makeBenchHome} from './bench-home.js'
import {timeIrc} from './bench-irc.js'
import {timePassthrough, timeServeStart} from './bench-passthrough.js'
import {tokensOf} from '../support/tokens-of.js'
import {runForMemory} from './run-for-memory.js'
import {timeCommands} from './time-commands.js'

// Nothing here passes or fails: it prints the table that README.md shows. `npm run bench` builds first;
// BEHALF_BENCH=irc measures chat alone.

const behalf = join(import.meta.dirname, '../../bin/run.js')
const SIZES = [
  {accounts: 2, rounds: 30},
  {accounts: 10_000, rounds: 20},
]
const DUE_ACCOUNTS = 1000
/** As many as behalf refreshes together. */
const IN_FLIGHT = 16

const formatCount = (count: number): string => count.toLocaleString('en')
const formatRow = (...cells: string[]): string => `| ${cells.join(' | ')} |`

async function benchStartUp(sandbox: Sandbox, accounts: number, rounds: number): Promise<string[]> {
  const home = await makeBenchHome(sandbox, accounts, 4 * HOUR_MS)
  try {
    const {env} = home
    const [base, ...commands] = timeCommands(
      [
        {name: 'node -e 0', args: ['-e', '0'], env},
        {name: 'behalf bot token', args: [behalf, 'bot', 'token', benchLogin(1)], env},
        {name: 'behalf bot list', args: [behalf, 'bot', 'list'], env},
      ],
      rounds,
    )
    return commands.map(({name, medianMs, ratio}) =>
      formatRow(
        `\`${name}\`, ${formatCount(accounts)} accounts`,
        `${medianMs.toFixed(0)} ms`,
        `${(base?.medianMs ?? NaN).toFixed(0)} ms (\`node -e 0\`)`,
        `${ratio.toFixed(2)} ×`,
      ),
    )
  } finally {
    await home.remove()
  }
}

async function benchRefresh(sandbox: Sandbox): Promise<string[]> {
  const home = await makeBenchHome(sandbox, DUE_ACCOUNTS, 5 * MINUTE_MS)
  try {
    const {id, secret} = sandbox.confidentialClient
    const forms = home.accounts.map((account) =>
      new URLSearchParams({
        grant_type: 'refresh_token',
        refresh_token: tokensOf(account).refreshToken?.reveal() ?? '',
        client_id: id,
        client_secret: secret ?? '',
      }).toString(),
    )
    const bareScript = join(import.meta.dirname, 'bare-refresh.js')
    const bareArgs = [bareScript, `${sandbox.url}/oauth2/token`, String(IN_FLIGHT)]
    const bare = await runForMemory(bareArgs, {input: forms.join('\n')})
    const empty = await runForMemory(['-e', '0'])
    const tokensBefore = sandbox.state.accessTokens.size
    const behalfRun = await runForMemory([behalf, 'refresh'], {env: home.env})
    const refreshes = sandbox.state.accessTokens.size - tokensBefore
    if (refreshes !== DUE_ACCOUNTS) throw new Error(`${String(refreshes)} accounts were refreshed`)
    const perSecond = (elapsedMs: number): number => DUE_ACCOUNTS / (elapsedMs / 1000)
    const what = `\`behalf refresh\`, ${formatCount(DUE_ACCOUNTS)} accounts due`
    return [
      formatRow(
        what,
        `${perSecond(behalfRun.elapsedMs).toFixed(0)} accounts/s`,
        `${perSecond(bare.elapsedMs).toFixed(0)}/s (bare requests)`,
        `${(behalfRun.elapsedMs / bare.elapsedMs).toFixed(2)} ×`,
      ),
      formatRow(
        `${what}: peak memory`,
        `${behalfRun.peakMib.toFixed(0)} MiB`,
        `${empty.peakMib.toFixed(0)} MiB (\`node -e 0\`)`,
        `${(behalfRun.peakMib / empty.peakMib).toFixed(2)} ×`,
      ),
    ]
  } finally {
    await home.remove()
  }
}

async function benchCalls(sandbox: Sandbox): Promise<string[]> {
  const {batch, singles} = await timeHelixCalls(sandbox)
  const inSeconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
  return singles.map(({name, totalMs}) =>
    formatRow(
      `\`${batch.name}\`, ${formatCount(CALLS)} calls`,
      inSeconds(batch.totalMs),
      `${inSeconds(totalMs)} (${formatCount(CALLS)} × \`${name}\`)`,
      `1 / ${(totalMs / batch.totalMs).toFixed(0)}`,
    ),
  )
}

async function benchPassthrough(sandbox: Sandbox): Promise<string[]> {
  const {direct, behalf: own, proxies, memory} = await timePassthrough(sandbox)
  const start = await timeServeStart(sandbox)
  return [
    ...[...proxies, direct].map(({name, perSecond}) =>
      formatRow(
        'passthrough, 32 connections',
        `${own.perSecond.toFixed(0)} calls/s`,
        `${perSecond.toFixed(0)}/s (${name})`,
        `${(own.perSecond / perSecond).toFixed(2)} ×`,
      ),
    ),
    ...[direct, ...proxies].map(({name, medianMs}) =>
      formatRow(
        'passthrough, one connection',
        `${own.medianMs.toFixed(2)} ms`,
        `${medianMs.toFixed(2)} ms (${name})`,
        `${own.medianMs < medianMs ? '' : '+'}${(own.medianMs - medianMs).toFixed(2)} ms`,
      ),
    ),
    ...memory.flatMap(({requests, mib}, at) => {
      const before = memory[at - 1]
      if (before === undefined) return []
      return formatRow(
        `memory after ${formatCount(requests)} calls`,
        `${mib.toFixed(0)} MiB`,
        `${before.mib.toFixed(0)} MiB (after ${formatCount(before.requests)})`,
        `${(mib / before.mib).toFixed(2)} ×`,
      )
    }),
    formatRow(
      `\`behalf serve\` until it is healthy, ${formatCount(start.accounts)} accounts`,
      `${start.medianMs.toFixed(0)} ms`,
      `${start.baseMs.toFixed(0)} ms (\`node -e 0\`)`,
      `${(start.medianMs / start.baseMs).toFixed(2)} ×`,
    ),
  ]
}

async function benchIrc(sandbox: Sandbox): Promise<string[]> {
  const {connections, direct, behalf: own, relay, mib} = await timeIrc(sandbox)
  return [
    formatRow(
      `memory with ${formatCount(connections)} idle chat connections`,
      `${mib.full.toFixed(0)} MiB`,
      `${mib.idle.toFixed(0)} MiB (with none)`,
      `${(mib.full / mib.idle).toFixed(2)} ×`,
    ),
    formatRow(
      'memory of a chat connection, without TLS',
      `${own.kibEach.toFixed(0)} KiB`,
      `${relay.kibEach.toFixed(0)} KiB (${relay.name})`,
      `${(own.kibEach / relay.kibEach).toFixed(2)} ×`,
    ),
    ...[direct, relay].map(({name, medianMs}) =>
      formatRow(
        'chat message there and back',
        `${own.medianMs.toFixed(2)} ms`,
        `${medianMs.toFixed(2)} ms (${name})`,
        `${own.medianMs < medianMs ? '' : '+'}${(own.medianMs - medianMs).toFixed(2)} ms`,
      ),
    ),
  ]
}

const users = Array.from({length: Math.max(...SIZES.map(({accounts}) => accounts))}, (_, index) => ({
  id: `9${String(index)}`,
  login: benchLogin(index),
}))
const sandbox = await startSandbox({seed: {users}})
try {
  console.log(`Node ${process.version}, ${String(availableParallelism())} processors; medians\n`)
  console.log(formatRow('', 'behalf', 'measured by', 'ratio'))
  console.log(formatRow('---', '---', '---', '---'))
  const parts = [
    ...SIZES.map(
      ({accounts, rounds}) =>
        () =>
          benchStartUp(sandbox, accounts, rounds),
    ),
    () => benchRefresh(sandbox),
    () => benchCalls(sandbox),
    () => benchPassthrough(sandbox),
  ]
  const chat = () => benchIrc(sandbox)
  for (const part of process.env.BEHALF_BENCH === 'irc' ? [chat] : [...parts, chat]) {
    for (const row of await part()) console.log(row)
  }
} finally {
  await sandbox.stop()
}
