import {execFileSync, spawn, type ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import {HOUR_MS} from '../../src/model/time.js'
import type {Sandbox} from '../../src/sandbox/start-sandbox.js'
import {findFreePort} from '../support/free-port.js'
import {findProgram} from '../support/skip-without.js'
import {makeTemporaryFolder, removeFolder} from '../support/temporary-folder.js'
import {until} from '../support/until.js'
import {benchLogin, makeBenchHome} from './bench-home.js'
import {endProcess, residentMib, startProcess} from './bench-process.js'
import {median} from './time-commands.js'

const behalf = join(import.meta.dirname, '../../bin/run.js')
const ROUNDS = 5
const CONNECTIONS = 32
const LOAD = 5000
const SINGLE_LOAD = 1000
/** After so many requests the memory is read: until some 200,000 the part of V8's heap for young objects still grows. */
const MEMORY_AFTER = [10_000, 100_000, 200_000, 500_000]
const MANY_ACCOUNTS = 10_000
const START_ROUNDS = 5

/** What was measured of one way to the API. */
interface WayTimes {
  name: string
  /** Of 32 connections together. */
  perSecond: number
  /** Of one connection. */
  medianMs: number
}

export interface PassthroughTimes {
  direct: WayTimes
  behalf: WayTimes
  proxies: WayTimes[]
  /** Of the daemon, in MiB. */
  memory: {requests: number; mib: number}[]
}

interface Way {
  name: string
  url: string
}

/**
 * Measures the passthrough beside plain proxies, which ask for no authentication, before the same API. Each is a
 * process of its own, and has its turn in every round.
 */
export async function timePassthrough(sandbox: Sandbox): Promise<PassthroughTimes> {
  const stops: (() => Promise<unknown>)[] = []
  const start = async (args: string[], env?: NodeJS.ProcessEnv): Promise<{line: string; child: ChildProcess}> => {
    const started = await startProcess(process.execPath, args, env)
    stops.push(() => endProcess(started.child))
    return started
  }
  const script = (name: string): string => join(import.meta.dirname, name)
  try {
    const upstream = `http://127.0.0.1:${(await start([script('upstream-server.js')])).line}`
    const plain = `http://127.0.0.1:${(await start([script('plain-proxy.js'), upstream])).line}`
    const nginx = await startNginx(upstream)
    if (nginx) stops.push(nginx.stop)
    const home = await makeBenchHome(sandbox, 1, 4 * HOUR_MS, {apiUrl: `${upstream}/helix`})
    stops.push(() => home.remove())
    const issue = [behalf, 'token', 'issue', 'bench', '--scope', 'helix', '--as-any']
    const token = execFileSync(process.execPath, issue, {env: home.env, encoding: 'utf8'}).trim()
    const serve = [behalf, 'serve', '--json', '--no-socket', '--listen', '127.0.0.1:0']
    const {line, child} = await start(serve, {...home.env, BEHALF_LOG_LEVEL: 'silent'})
    const {url} = JSON.parse(line) as {url: string}

    const path = '/api/twitch/helix/users?login=techydrroid'
    const ways: [Way, Way, ...Way[]] = [
      {name: 'no proxy', url: `${upstream}/helix/users?login=techydrroid`},
      {name: '`behalf serve`', url: `${url}${path}`},
      {name: '@fastify/http-proxy', url: `${plain}${path}`},
      ...(nginx ? [{name: 'nginx', url: `${nginx.url}${path}`}] : []),
    ]
    const headers = {authorization: `Bearer ${token}`, 'x-behalf-of': benchLogin(0)}
    const [direct, own, ...proxies] = await timeWays(ways, headers)
    if (direct === undefined || own === undefined) throw new Error('Nothing was measured')
    const memory: PassthroughTimes['memory'] = []
    for (const [at, requests] of MEMORY_AFTER.entries()) {
      await generateLoad(ways[1].url, CONNECTIONS, requests - (MEMORY_AFTER[at - 1] ?? 0), headers)
      memory.push({requests, mib: residentMib(child)})
    }
    return {direct, behalf: own, proxies, memory}
  } finally {
    for (const stop of stops.reverse()) await stop()
  }
}

/** From the start of `behalf serve` with 10,000 accounts until it says that it is healthy; and of `node -e 0`. */
export async function timeServeStart(sandbox: Sandbox): Promise<{accounts: number; medianMs: number; baseMs: number}> {
  const home = await makeBenchHome(sandbox, MANY_ACCOUNTS, 4 * HOUR_MS)
  try {
    const times: number[] = []
    const bases: number[] = []
    for (let round = 0; round <= START_ROUNDS; round += 1) {
      const baseStartedMs = performance.now()
      execFileSync(process.execPath, ['-e', '0'])
      const startedMs = performance.now()
      const args = [behalf, 'serve', '--json', '--no-socket', '--listen', '127.0.0.1:0']
      const {line, child} = await startProcess(process.execPath, args, {...home.env, BEHALF_LOG_LEVEL: 'silent'})
      const {url} = JSON.parse(line) as {url: string}
      const {status} = await fetch(`${url}/healthz`)
      if (status !== 200) throw new Error(`It answered ${String(status)}`)
      // The first one fills the cache of compiled code.
      if (round > 0) {
        times.push(performance.now() - startedMs)
        bases.push(startedMs - baseStartedMs)
      }
      await endProcess(child)
    }
    return {accounts: MANY_ACCOUNTS, medianMs: median(times), baseMs: median(bases)}
  } finally {
    await home.remove()
  }
}

async function timeWays(ways: Way[], headers: Record<string, string>): Promise<WayTimes[]> {
  const loads = ways.map((): number[] => [])
  const singles = ways.map((): number[] => [])
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [index, {url}] of ways.entries()) {
      const load = await generateLoad(url, CONNECTIONS, LOAD, headers)
      const single = await generateLoad(url, 1, SINGLE_LOAD, headers)
      if (round === 0) continue
      loads[index]?.push(load.perSecond)
      singles[index]?.push(single.medianMs)
    }
  }
  return ways.map(({name}, index) => ({
    name,
    perSecond: median(loads[index] ?? []),
    medianMs: median(singles[index] ?? []),
  }))
}

async function generateLoad(
  url: string,
  connections: number,
  count: number,
  headers: Record<string, string>,
): Promise<{perSecond: number; medianMs: number}> {
  const args = [join(import.meta.dirname, 'load-generator.js'), url, String(connections), String(count)]
  const {line, child} = await startProcess(process.execPath, args, undefined, JSON.stringify(headers))
  if (child.exitCode === null) await once(child, 'exit')
  return JSON.parse(line) as {perSecond: number; medianMs: number}
}

/** One worker, as the others have one process; undefined where it is not installed. */
async function startNginx(upstream: string): Promise<{url: string; stop: () => Promise<void>} | undefined> {
  const program = findProgram('nginx') ?? findProgram('/usr/sbin/nginx')
  if (program === undefined) return undefined
  const folder = await makeTemporaryFolder()
  const port = await findFreePort()
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  )
  const settings = `
daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/error.log;
events {worker_connections 256;}
http {
  access_log off; ${paths.join(' ')}
  upstream api {server ${new URL(upstream).host}; keepalive 64;}
  server {
    listen 127.0.0.1:${String(port)};
    keepalive_requests 1000000;
    location /api/twitch/helix/ {
      proxy_pass http://api/helix/; proxy_http_version 1.1; proxy_set_header Connection "";
    }
  }
}`
  await writeFile(join(folder, 'nginx.conf'), settings)
  const child = spawn(program, ['-p', folder, '-c', join(folder, 'nginx.conf')], {stdio: 'ignore'})
  const url = `http://127.0.0.1:${String(port)}`
  await until('nginx listens', () => fetch(url).then(Boolean, () => false))
  return {
    url,
    async stop() {
      await endProcess(child)
      await removeFolder(folder)
    },
  }
}
