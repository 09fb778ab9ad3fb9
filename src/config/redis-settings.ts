import {createHash} from 'node:crypto'
import {join, resolve} from 'node:path'

import {BehalfError} from '../model/behalf-error.js'
import {Secret} from '../model/secret.js'
import {readSwitch} from './read-switch.js'
import type {RedisPlace, RedisServerAddress, RedisTopology} from './store-place.js'

/** A value, and where it was said. */
export interface GivenText {
  text: string
  /** The variable, flag or option. */
  source: string
  /** It is the address of a Redis, whatever it looks like. */
  isAddress?: boolean
}

type Read = (name: string) => string | undefined

const REDIS_PORT = 6379
const SENTINEL_PORT = 26379
const DEFAULT_PREFIX = 'behalf:'
const HIGHEST_PORT = 65_535
/** Where an address is, if the store is just `redis`, in this order. */
const ADDRESS_VARIABLES = ['REDIS_HOST', 'REDIS_TLS_URL', 'REDIS_URL']

/** What a URL says of a Redis. */
interface RedisUrl {
  server: RedisServerAddress
  username?: string
  password?: Secret
  database: number
  prefix: string
  isEncrypted: boolean
}

/** Whether this is the name of a Redis and not of a file. */
export const isRedisName = (text: string): boolean => text === 'redis' || /^rediss?:\/\//i.test(text)

/**
 * Where the Redis is that `given` names: by its URL or, as `redis`, by `REDIS_HOST` and its like.
 * @param dataHome where this machine keeps data of ours.
 * @throws BehalfError `configuration`, naming the variable and no password.
 */
export function readRedisPlace(given: GivenText, read: Read, dataHome: string): RedisPlace {
  const address = given.text === 'redis' && given.isAddress !== true ? findAddress(read) : given
  const url = address === undefined ? undefined : readAddress(address)
  if (address === given && given.source.startsWith('--') && url?.password !== undefined) {
    throw wrong(given.source, 'has a password in it, which every user of this machine could read', {
      hint: 'Set BEHALF_STORE instead, or the password alone as BEHALF_REDIS_PASSWORD.',
    })
  }
  const topology = readTopology(url, read)
  const base = {database: url?.database ?? 0, prefix: url?.prefix ?? DEFAULT_PREFIX}
  if (topology.kind === 'cluster' && base.database !== 0) {
    throw wrong('BEHALF_REDIS_CLUSTER', `is set, but a cluster has no database ${String(base.database)}`, {
      hint: 'Leave the database out of the URL.',
    })
  }
  const tls = readTls(url?.isEncrypted === true || readSwitch('BEHALF_REDIS_TLS', read), read)
  const location = describePlace(topology, {...base, isEncrypted: tls !== undefined})
  const username = read('BEHALF_REDIS_USERNAME') ?? url?.username
  const password = read('BEHALF_REDIS_PASSWORD')
  const secret = password === undefined ? url?.password : new Secret(password)
  return {
    kind: 'redis',
    location,
    topology,
    ...base,
    ...(username !== undefined && {username}),
    ...(secret !== undefined && {password: secret}),
    ...(tls !== undefined && {tls}),
    localPath: join(dataHome, 'behalf', 'redis', createHash('sha256').update(location).digest('hex').slice(0, 16)),
  }
}

function findAddress(read: Read): GivenText | undefined {
  for (const source of ADDRESS_VARIABLES) {
    const text = read(source)
    if (text !== undefined) return {text, source}
  }
  return undefined
}

/** `host`, `host:port`, or a URL. */
function readAddress({text, source}: GivenText): RedisUrl {
  if (/^rediss?:\/\//i.test(text)) return readUrl(text, source)
  if (text.includes('://') || text.includes('@')) {
    throw wrong(source, 'is no address of a Redis', {hint: 'Write redis://HOST:PORT, or rediss:// for TLS.'})
  }
  return {server: readServer(text, source, REDIS_PORT), database: 0, prefix: DEFAULT_PREFIX, isEncrypted: false}
}

function readUrl(text: string, source: string): RedisUrl {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || url.hostname === '' || url.hash !== '') {
    throw wrong(source, 'is not a URL of a Redis', {
      hint: 'Write redis://USER:PASSWORD@HOST:PORT/DATABASE?prefix=behalf:, with special characters percent-encoded.',
    })
  }
  const username = decode(url.username, source)
  const password = decode(url.password, source)
  return {
    server: {host: url.hostname.replace(/^\[|\]$/g, ''), port: url.port === '' ? REDIS_PORT : Number(url.port)},
    ...(username !== '' && {username}),
    ...(password !== '' && {password: new Secret(password)}),
    database: readDatabase(url.pathname, source),
    prefix: readPrefix(url.searchParams, source),
    isEncrypted: url.protocol.toLowerCase() === 'rediss:',
  }
}

function decode(text: string, source: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw wrong(source, 'has a % in the user or the password that is not followed by two hexadecimal digits', {
      hint: 'Write % itself as %25.',
    })
  }
}

function readDatabase(path: string, source: string): number {
  const match = /^\/?(\d{0,5})\/?$/.exec(path)
  if (match !== null) return Number(match[1])
  throw wrong(source, 'has something else than the number of a database as its path', {
    hint: 'Write it as in redis://localhost:6379/2',
  })
}

function readPrefix(query: URLSearchParams, source: string): string {
  for (const name of query.keys()) {
    if (name === 'prefix') continue
    throw wrong(source, `has the parameter ${JSON.stringify(name)}, which means nothing here`, {
      hint: 'The only one there is is prefix.',
    })
  }
  const prefix = query.get('prefix') ?? DEFAULT_PREFIX
  // Braces would say to a cluster where a key belongs, in place of our own.
  if (/^[^\s\p{C}{}]{1,64}$/u.test(prefix)) return prefix
  throw wrong(source, 'has a prefix that is empty, too long, or has blanks or braces in it', {
    hint: `Without one it is ${DEFAULT_PREFIX}`,
  })
}

function readTopology(url: RedisUrl | undefined, read: Read): RedisTopology {
  const nodes = readServers('BEHALF_REDIS_CLUSTER', read, REDIS_PORT)
  const sentinels = readServers('BEHALF_REDIS_SENTINELS', read, SENTINEL_PORT)
  const master = read('BEHALF_REDIS_MASTER')
  if (nodes !== undefined && sentinels !== undefined) {
    throw wrong('BEHALF_REDIS_CLUSTER', 'and BEHALF_REDIS_SENTINELS are both set', {hint: 'Unset one of them.'})
  }
  if (nodes !== undefined) return {kind: 'cluster', nodes: url === undefined ? nodes : unite(url.server, nodes)}
  if (sentinels !== undefined) {
    if (master === undefined) {
      throw wrong('BEHALF_REDIS_MASTER', 'is not set: the sentinels are asked for the master of this name', {
        hint: 'It is the name in their configuration, for example mymaster.',
      })
    }
    const password = read('BEHALF_REDIS_SENTINEL_PASSWORD')
    return {kind: 'sentinel', sentinels, master, ...(password !== undefined && {password: new Secret(password)})}
  }
  if (master !== undefined) {
    throw wrong('BEHALF_REDIS_MASTER', 'is set, but no sentinels to ask for it', {
      hint: 'Set BEHALF_REDIS_SENTINELS to their addresses, or unset it.',
    })
  }
  if (url !== undefined) return {kind: 'server', server: url.server}
  throw wrong('BEHALF_STORE', `is redis, but neither ${ADDRESS_VARIABLES.join(' nor ')} is set`, {
    hint: 'Set BEHALF_STORE to a URL: redis://HOST:PORT',
  })
}

function unite(one: RedisServerAddress, others: readonly RedisServerAddress[]): readonly RedisServerAddress[] {
  return others.some(({host, port}) => host === one.host && port === one.port) ? others : [one, ...others]
}

function readServers(source: string, read: Read, port: number): readonly RedisServerAddress[] | undefined {
  const text = read(source)
  return text?.split(',').map((part) => readServer(part.trim(), source, port))
}

/** `host`, `host:port`, `[IPv6]:port`, or an IPv6 address alone. */
function readServer(text: string, source: string, defaultPort: number): RedisServerAddress {
  const [, bracketed, plain, port] = /^(?:\[([0-9a-f:.]+)\]|([^\s:/?#@[\]]+))(?::(\d{1,5}))?$/i.exec(text) ?? []
  const host = bracketed ?? plain ?? (/^[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*$/i.test(text) ? text : undefined)
  const number = port === undefined ? defaultPort : Number(port)
  if (host !== undefined && number > 0 && number <= HIGHEST_PORT) return {host, port: number}
  throw wrong(source, 'is not HOST or HOST:PORT', {hint: `For example redis.example.com:${String(defaultPort)}`})
}

function readTls(isEncrypted: boolean, read: Read): RedisPlace['tls'] {
  const caFile = read('BEHALF_REDIS_CA_FILE')
  if (caFile === undefined) return isEncrypted ? {} : undefined
  if (isEncrypted) return {caFile: resolve(caFile)}
  throw wrong('BEHALF_REDIS_CA_FILE', 'names certificates, but the connection to Redis is not encrypted', {
    hint: 'Write rediss:// in the URL or set BEHALF_REDIS_TLS=1, or unset it.',
  })
}

function describePlace(
  topology: RedisTopology,
  {database, prefix, isEncrypted}: {database: number; prefix: string; isEncrypted: boolean},
): string {
  const query = [
    ...(topology.kind === 'sentinel' ? [`master=${encodeURIComponent(topology.master)}`] : []),
    ...(prefix === DEFAULT_PREFIX ? [] : [`prefix=${encodeURIComponent(prefix)}`]),
  ]
  return [
    isEncrypted ? 'rediss://' : 'redis://',
    listServers(topology),
    database === 0 ? '' : `/${String(database)}`,
    query.length === 0 ? '' : `?${query.join('&')}`,
  ].join('')
}

/** In an order of its own, so that the same servers are the same place. */
function listServers(topology: RedisTopology): string {
  const name = ({host, port}: RedisServerAddress): string =>
    `${host.includes(':') ? `[${host}]` : host}:${String(port)}`
  if (topology.kind === 'server') return name(topology.server)
  return (topology.kind === 'cluster' ? topology.nodes : topology.sentinels).map(name).sort().join(',')
}

const wrong = (source: string, why: string, options: {hint: string}): BehalfError =>
  new BehalfError('configuration', `${source} ${why}.`, options)
