import type {RedisPlace, RedisServerAddress} from '../../../config/store-place.js'
import {BehalfError} from '../../../model/behalf-error.js'
import type {HealthCheck} from '../../../model/health-check.js'
import {SECOND_MS, type Clock} from '../../../model/time.js'
import {parseNode} from '../cluster-route.js'
import {openRedisConnection, type RedisConnection} from '../connection.js'
import {findMaster} from '../find-master.js'

/** More than this apart, what one machine calls expired is not what another does. */
const MOST_CLOCK_DIFFERENCE_MS = 2 * SECOND_MS
const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/

/** Whether each Redis keeps what it acknowledged, and what else bears on the store. It has been reached before. */
export async function diagnoseRedis(place: RedisPlace, clock: Clock): Promise<HealthCheck[]> {
  const connection = openRedisConnection(place)
  try {
    const servers = await connection.askMasters(['INFO'])
    const settings = await askIfAllowed(connection, ['CONFIG', 'GET', 'appendfsync'])
    const checks = servers.map(({server, reply}, index) => {
      const appendfsync = (settings?.[index]?.reply as [string, string] | undefined)?.[1]
      return tellServer(server, readInfo(String(reply)), appendfsync)
    })
    return [...checks.flat(), await tellClock(connection, clock), ...(await tellEncryption(place, connection))]
  } finally {
    await connection.close()
  }
}

async function askIfAllowed(connection: RedisConnection, command: readonly string[]) {
  try {
    return await connection.askMasters(command)
  } catch (error) {
    // Hosted services forbid it.
    if (error instanceof BehalfError && error.code === 'configuration') return undefined
    throw error
  }
}

const readInfo = (text: string): ReadonlyMap<string, string> =>
  new Map(Array.from(text.matchAll(/^([a-z_0-9]+):(.*?)\r?$/gm), ([, name = '', value = '']) => [name, value]))

function tellServer(server: string, info: ReadonlyMap<string, string>, appendfsync: string | undefined): HealthCheck[] {
  const replicas = Number(info.get('connected_slaves') ?? 0)
  const where = `Redis ${info.get('redis_version') ?? 'of an unknown version'} at ${server}`
  const kept = `${String(replicas)} ${replicas === 1 ? 'replica' : 'replicas'}`
  const checks: HealthCheck[] = [{name: 'redis', status: 'ok', message: `${where}: ${kept}, evicts nothing.`}]
  if (info.get('role') === 'slave') {
    const message = `${server} is a replica: it can be read from and not be written to.`
    checks.push({name: 'redis', status: 'problem', code: 'store-read-only', message, hint: 'Name the primary.'})
  }
  if (info.get('aof_enabled') !== '1') {
    const message = `${server} keeps no append-only file: what it acknowledged is lost when it stops.`
    checks.push({name: 'redis', status: 'warning', message, hint: 'redis-cli CONFIG SET appendonly yes'})
  } else if (appendfsync === undefined) {
    const message = `Whether ${server} has what it acknowledged on its disk cannot be seen (appendfsync).`
    checks.push({name: 'redis', status: 'warning', message})
  } else if (appendfsync !== 'always') {
    const message = `${server} acknowledges what is not on its disk yet: appendfsync is ${appendfsync}.`
    checks.push({name: 'redis', status: 'warning', message, hint: 'redis-cli CONFIG SET appendfsync always'})
  }
  return checks
}

async function tellClock(connection: RedisConnection, clock: Clock): Promise<HealthCheck> {
  const before = clock.now()
  const replies = await connection.askMasters(['TIME'])
  const now = (before + clock.now()) / 2
  const differences = replies.map(({reply}) => {
    const [seconds, microseconds] = reply as [string, string]
    return Number(seconds) * SECOND_MS + Number(microseconds) / 1000 - now
  })
  const most = Math.max(...differences.map(Math.abs))
  const apart = `The clocks of this machine and of Redis are ${(most / SECOND_MS).toFixed(1)} s apart.`
  if (most <= MOST_CLOCK_DIFFERENCE_MS) return {name: 'redis', status: 'ok', message: apart}
  return {name: 'redis', status: 'warning', message: apart, hint: 'timedatectl set-ntp true'}
}

/** Sentinels on this machine may lead to a master on another, and a node of a cluster to nodes elsewhere. */
async function tellEncryption(place: RedisPlace, connection: RedisConnection): Promise<HealthCheck[]> {
  const {tls, topology} = place
  if (tls !== undefined) return []
  const hosts = (await listServers(place, connection)).map(({host}) => host)
  const away = hosts.find((host) => !LOOPBACK.test(host))
  if (away === undefined) return []
  const hasPassword = place.password !== undefined || (topology.kind === 'sentinel' && topology.password !== undefined)
  const risk = hasPassword ? 'the password is sent in clear, and whoever sees it' : 'whoever is on the way'
  return [
    {
      name: 'redis',
      status: 'warning',
      message: `The connection to Redis at ${away} is not encrypted: ${risk} can change accounts.`,
      hint: topology.kind === 'server' ? 'Write rediss:// in BEHALF_STORE.' : 'Set BEHALF_REDIS_TLS=1.',
    },
  ]
}

async function listServers(place: RedisPlace, connection: RedisConnection): Promise<readonly RedisServerAddress[]> {
  const {topology} = place
  switch (topology.kind) {
    case 'server':
      return [topology.server]
    case 'sentinel':
      return [...topology.sentinels, await findMaster(place, topology)]
    case 'cluster':
      return [...topology.nodes, ...(await connection.askMasters(['PING'])).map(({server}) => parseNode(server))]
  }
}
