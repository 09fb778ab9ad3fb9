import {Flags} from '@oclif/core'

import type {ServeInput} from '../compose.js'
import {LOG_LEVELS} from '../model/log-level.js'
import {splitShellWords} from '../model/split-shell-words.js'
import {SECOND_MS} from '../model/time.js'
import {durationFlag} from './duration.js'
import {sizeFlag} from './size.js'

const MAX_REFRESHES_PER_SECOND = 1000
/** What Twitch lets a verified bot send. */
const MAX_MESSAGES = 7500

/** What `serve` takes. */
export const serveFlags = {
  listen: Flags.string({
    helpValue: 'HOST:PORT',
    summary: 'Where to listen; a loopback address means 127.0.0.1 and ::1. Default: BEHALF_LISTEN, or 127.0.0.1:8420.',
  }),
  socket: Flags.string({
    helpValue: 'PATH',
    summary:
      'The Unix socket. Default: BEHALF_SOCKET, or behalf/daemon.sock in XDG_RUNTIME_DIR, else in ~/.local/state.',
  }),
  'no-socket': Flags.boolean({default: false, exclusive: ['socket'], summary: 'Listen on the port alone.'}),
  irc: Flags.string({
    helpValue: 'HOST:PORT',
    summary:
      'Let chat clients in here too, over IRC: PASS is an API token, NICK the account. Default: BEHALF_IRC, or only the WebSocket /irc.',
  }),
  'irc-upstream': Flags.string({
    helpValue: 'HOST:PORT',
    summary: 'The chat server; irc://HOST:PORT without TLS. Default: BEHALF_IRC_UPSTREAM, or irc.chat.twitch.tv:6697.',
  }),
  'irc-messages': Flags.integer({
    default: 20,
    min: 1,
    max: MAX_MESSAGES,
    helpValue: 'N',
    summary:
      'How many chat messages an account may send in 30 s where it is no moderator. Twitch lets verified bots send more.',
  }),
  'public-url': Flags.string({
    helpValue: 'URL',
    summary: 'The address under which others reach it, through a proxy of yours. Default: BEHALF_PUBLIC_URL.',
  }),
  'cors-origin': Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'ORIGIN',
    summary: 'Let the web pages of this origin call it; may be repeated.',
  }),
  'public-login': Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'PROVIDER',
    summary: 'Let anyone log in at this provider without an API token, so many a minute; may be repeated.',
  }),
  'login-tokens': Flags.boolean({
    default: false,
    summary: 'Give an API token to who logs in at a web page: for their own account, and two hours.',
  }),
  'return-origin': Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'ORIGIN',
    summary: 'Let flows send the browser back to the pages of this origin; may be repeated.',
  }),
  'on-login-needed': Flags.custom<string[]>({
    helpValue: 'CMD',
    summary: 'Run this program once for each account that comes to need a login, and each reason; without a shell.',
    parse: (text) => Promise.resolve().then(() => splitShellWords(text)),
  })(),
  'max-body': sizeFlag({
    default: 16 * 1024 * 1024,
    defaultHelp: () => Promise.resolve('16m'),
    summary: 'The largest body that is passed through.',
  }),
  'refresh-rate': Flags.integer({
    default: 10,
    min: 1,
    max: MAX_REFRESHES_PER_SECOND,
    helpValue: 'N',
    summary: 'How many refreshes a second a provider is sent at most.',
  }),
  'allow-private-addresses': Flags.boolean({
    default: false,
    summary:
      'Let URLs that were set over HTTP lead to private networks, too. Default: BEHALF_ALLOW_PRIVATE_ADDRESSES, or not.',
  }),
  'stale-auth': durationFlag({
    default: 10 * SECOND_MS,
    defaultHelp: () => Promise.resolve('10s'),
    summary:
      'How long callers go on by what was last read of their token, while Redis cannot be reached; 0s: not at all.',
  }),
  'metrics-per-account': Flags.boolean({default: false, summary: 'Name each account in /metrics.'}),
  'log-level': Flags.option({
    options: LOG_LEVELS,
    helpValue: 'LEVEL',
    summary: 'How much is logged: debug, info, warn, error or silent. Default: BEHALF_LOG_LEVEL, or info.',
  })(),
}

export interface ServeFlagValues {
  store?: string | undefined
  listen?: string | undefined
  socket?: string | undefined
  'no-socket': boolean
  irc?: string | undefined
  'irc-upstream'?: string | undefined
  'irc-messages': number
  'public-url'?: string | undefined
  'cors-origin'?: string[] | undefined
  'public-login'?: string[] | undefined
  'login-tokens': boolean
  'return-origin'?: string[] | undefined
  'on-login-needed'?: string[] | undefined
  'max-body': number
  'refresh-rate': number
  'allow-private-addresses': boolean
  'stale-auth': number
  'metrics-per-account': boolean
  'log-level'?: string | undefined
}

/** @param rest The version of behalf, and where the log goes. */
export function serveInputOf(flags: ServeFlagValues, rest: Pick<ServeInput, 'version' | 'logStream'>): ServeInput {
  const {store, listen, 'public-url': publicUrl, 'log-level': logLevel, 'on-login-needed': onLoginNeeded} = flags
  const {irc, 'irc-upstream': ircUpstream} = flags
  const socket = flags['no-socket'] ? false : flags.socket
  return {
    ...rest,
    corsOrigins: flags['cors-origin'] ?? [],
    publicLogins: flags['public-login'] ?? [],
    loginTokens: flags['login-tokens'],
    returnOrigins: flags['return-origin'] ?? [],
    maxPassthroughBytes: flags['max-body'],
    refreshRate: flags['refresh-rate'],
    staleAuthMs: flags['stale-auth'],
    metricsPerAccount: flags['metrics-per-account'],
    ircMessages: flags['irc-messages'],
    ...(irc !== undefined && {irc}),
    ...(ircUpstream !== undefined && {ircUpstream}),
    allowPrivateAddresses: flags['allow-private-addresses'],
    ...(store !== undefined && {store}),
    ...(listen !== undefined && {listen}),
    ...(socket !== undefined && {socket}),
    ...(publicUrl !== undefined && {publicUrl}),
    ...(logLevel !== undefined && {logLevel}),
    ...(onLoginNeeded && {onLoginNeeded}),
  }
}
