import {homedir} from 'node:os'
import {isAbsolute, join, resolve} from 'node:path'

import {BehalfError} from '../model/behalf-error.js'
import {LOG_LEVELS, type LogLevel} from '../model/log-level.js'

/** How `serve` is told to serve on its command line; what is missing comes from the environment, or is usual. */
export interface ServeFlags {
  listen?: string
  /** False: no socket. */
  socket?: string | false
  publicUrl?: string
  corsOrigins?: readonly string[]
  returnOrigins?: readonly string[]
  logLevel?: string
}

/** Where the daemon is reached, checked. */
export interface ServeSettings {
  listen: {host: string; port: number}
  socketPath?: string
  publicUrl?: string
  corsOrigins: string[]
  returnOrigins: string[]
  logLevel: LogLevel
}

const DEFAULT_LISTEN = '127.0.0.1:8420'
/** `sun_path` of unix(7) has 108 bytes, the last one zero; macOS has 104. */
const MAX_SOCKET_PATH_BYTES = 103

type Environment = Readonly<Record<string, string | undefined>>

/**
 * @param environment `BEHALF_LISTEN`, `BEHALF_SOCKET`, `BEHALF_PUBLIC_URL`, `BEHALF_LOG_LEVEL`.
 * @throws BehalfError `configuration`, naming the flag or variable.
 */
export function readServeSettings(flags: ServeFlags, environment: Environment = process.env): ServeSettings {
  const choose = (flag: string | undefined, name: string): Given | undefined => {
    const value = environment[`BEHALF_${name}`]
    if (flag !== undefined) return {text: flag, source: `--${name.toLowerCase().replaceAll('_', '-')}`}
    return value ? {text: value, source: `BEHALF_${name}`} : undefined
  }
  const socketPath = readSocketPath(flags.socket, choose, environment)
  const publicUrl = choose(flags.publicUrl, 'PUBLIC_URL')
  return {
    listen: readListen(choose(flags.listen, 'LISTEN') ?? {text: DEFAULT_LISTEN, source: '--listen'}),
    ...(socketPath !== undefined && {socketPath}),
    ...(publicUrl && {publicUrl: readOrigin(publicUrl)}),
    corsOrigins: (flags.corsOrigins ?? []).map((text) => readOrigin({text, source: '--cors-origin'})),
    returnOrigins: (flags.returnOrigins ?? []).map((text) => readOrigin({text, source: '--return-origin'})),
    logLevel: readLogLevel(choose(flags.logLevel, 'LOG_LEVEL')),
  }
}

/** A value, and what it was called where it was set. */
export interface Given {
  text: string
  source: string
}

/** `HOST:PORT`, `[IPv6]:PORT`, or a port alone, which means loopback. */
export function readListen({text, source}: Given): {host: string; port: number} {
  const [, bracketed, plain, digits] = /^(?:(?:\[([\da-f:.]+)\]|([\w.-]+)):)?(\d{1,5})$/i.exec(text.trim()) ?? []
  const port = Number(digits)
  if (digits === undefined || port > 65_535) {
    throw new BehalfError('configuration', `${source} “${text.slice(0, 80)}” is not a host and a port.`, {
      hint: `Write it like ${DEFAULT_LISTEN} or [::1]:8420.`,
    })
  }
  return {host: bracketed ?? plain?.toLowerCase() ?? '127.0.0.1', port}
}

/** The user's own run-time folder is private and ends with the session; without one, a folder that stays. */
function readSocketPath(
  flag: string | false | undefined,
  choose: (flag: string | undefined, name: string) => Given | undefined,
  environment: Environment,
): string | undefined {
  if (flag === false) return undefined
  const given = choose(flag, 'SOCKET')
  const runtime = environment.XDG_RUNTIME_DIR ?? ''
  const state = environment.XDG_STATE_HOME ?? ''
  const home = environment.HOME || homedir()
  const folder = isAbsolute(runtime) ? runtime : isAbsolute(state) ? state : join(home, '.local', 'state')
  const path = given ? resolve(given.text) : join(folder, 'behalf', 'daemon.sock')
  if (given?.text === '' || path.includes('\0') || Buffer.byteLength(path) > MAX_SOCKET_PATH_BYTES) {
    throw new BehalfError(
      'configuration',
      `${given?.source ?? '--socket'} “${path.slice(0, 120)}” cannot be the path of a socket, which has at most ${String(MAX_SOCKET_PATH_BYTES)} bytes.`,
      {hint: 'Name a shorter one with --socket, or go without: --no-socket.'},
    )
  }
  return path
}

function readOrigin({text, source}: Given): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isBare = url?.pathname === '/' && url.search === '' && url.hash === '' && url.username + url.password === ''
  if (url === undefined || !/^https?:$/.test(url.protocol) || !isBare) {
    throw new BehalfError('configuration', `${source} “${text.slice(0, 120)}” is not the address of a site alone.`, {
      hint: 'Write it like https://behalf.example, without a path.',
    })
  }
  return url.origin
}

function readLogLevel(given: Given | undefined): LogLevel {
  if (given === undefined) return 'info'
  const level = LOG_LEVELS.find((name) => name === given.text.trim().toLowerCase())
  if (level !== undefined) return level
  throw new BehalfError('configuration', `${given.source} “${given.text.slice(0, 40)}” is no log level.`, {
    hint: `It is one of ${LOG_LEVELS.join(', ')}.`,
  })
}
