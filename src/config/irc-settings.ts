import {BehalfError} from '../model/behalf-error.js'
import {readListen, type Given} from './serve-settings.js'

/** How `serve` is told to serve chat; what is missing comes from the environment, or is usual. */
export interface IrcFlags {
  irc?: string
  ircUpstream?: string
}

/** Where chat clients come in, and where they are taken to, checked. */
export interface IrcPlaces {
  listen?: {host: string; port: number}
  upstream: {host: string; port: number; isPlain: boolean}
}

const TWITCH = {host: 'irc.chat.twitch.tv', port: 6697, isPlain: false}

/**
 * @param environment `BEHALF_IRC`, `BEHALF_IRC_UPSTREAM`.
 * @throws BehalfError `configuration`, naming the flag or variable.
 */
export function readIrcSettings(
  flags: IrcFlags,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): IrcPlaces {
  const door = choose(flags.irc, '--irc', environment, 'BEHALF_IRC')
  const upstream = choose(flags.ircUpstream, '--irc-upstream', environment, 'BEHALF_IRC_UPSTREAM')
  return {
    ...(door && {listen: readListen(door)}),
    upstream: upstream ? readUpstream(upstream) : TWITCH,
  }
}

function choose(
  flag: string | undefined,
  name: string,
  environment: Readonly<Record<string, string | undefined>>,
  variable: string,
): Given | undefined {
  if (flag !== undefined) return {text: flag, source: name}
  const value = environment[variable]
  return value ? {text: value, source: variable} : undefined
}

/** `HOST:PORT` or `ircs://HOST:PORT` with TLS; `irc://HOST:PORT` without, for a stand-in on this machine. */
function readUpstream({text, source}: Given): IrcPlaces['upstream'] {
  const [, scheme = 'ircs', bracketed, plain, digits] =
    /^(?:(ircs?):\/\/)?(?:\[([\da-f:.]+)\]|([\w.-]+)):(\d{1,5})\/?$/i.exec(text.trim()) ?? []
  const host = (bracketed ?? plain ?? '').toLowerCase()
  const port = Number(digits)
  if (host === '' || !(port >= 1 && port <= 65_535)) {
    throw new BehalfError('configuration', `${source} “${text.slice(0, 80)}” is no chat server.`, {
      hint: 'Write it like irc.chat.twitch.tv:6697, or irc://127.0.0.1:6667 without TLS.',
    })
  }
  const isPlain = scheme.toLowerCase() === 'irc'
  if (isPlain && !['localhost', '127.0.0.1', '::1'].includes(host)) {
    throw new BehalfError('configuration', `${source} “${text.slice(0, 80)}” would send tokens unencrypted.`, {
      hint: `Without TLS it can only be on this machine. With it: ${host}:${String(port)}`,
    })
  }
  return {host, port, isPlain}
}
