import type {DaemonStart} from '../compose.js'
import {countThings} from '../model/count-things.js'
import {formatDuration} from '../model/format-duration.js'
import type {EpochMs} from '../model/time.js'
import {isoTime} from '../model/iso-time.js'

type Serving = Extract<DaemonStart, {kind: 'serving'}>['daemon']
type Place = Extract<DaemonStart, {kind: 'serving-already'}>['daemon']

/** How many accounts are named. */
const NAMES_SHOWN = 5

/** What a daemon serves, for whom, and where. */
export function servingLines(daemon: Serving): string[] {
  const {url, socketPath, ircUrl, accounts, apiTokens, storeLocation} = daemon
  const places = socketPath === undefined ? url : `${url} and at the socket ${socketPath}`
  const chat = ircUrl === undefined ? '' : ` Chat clients come in at ${ircUrl}.`
  const lines = [`Serving ${nameAccounts(daemon)} at ${places}.${chat}`, `The store is ${storeLocation}.`]
  if (accounts === 0) lines.push('There is no account yet: behalf login, behalf bot add')
  lines.push(
    apiTokens === 0
      ? 'No API token opens it yet: behalf token issue NAME --scope helix:read --as LOGIN'
      : `${countThings(apiTokens, 'API token')} may call it.`,
  )
  return lines
}

export const servingJson = ({
  url,
  socketPath,
  ircUrl,
  pid,
  since,
  accounts,
  apiTokens,
}: Serving): Record<string, unknown> => ({
  url,
  ...(socketPath !== undefined && {socket: socketPath}),
  ...(ircUrl !== undefined && {irc: ircUrl}),
  pid,
  since: isoTime(since),
  accounts,
  api_tokens: apiTokens,
  already_running: false,
})

export const alreadyLine = ({url, pid, since}: Place, now: EpochMs): string =>
  `A daemon of this store is at ${url} already: process ${String(pid)}, for ${formatDuration(now - since)}.`

export const alreadyJson = ({url, pid, since}: Place): Record<string, unknown> => ({
  url,
  pid,
  since: isoTime(since),
  already_running: true,
})

function nameAccounts({accounts, accountNames}: Pick<Serving, 'accounts' | 'accountNames'>): string {
  if (accounts === 0) return 'no account'
  const shown = accountNames.slice(0, NAMES_SHOWN).join(', ')
  const more = accountNames.length > NAMES_SHOWN ? ', …' : ''
  return `${countThings(accounts, 'account')}${shown === '' ? '' : ` (${shown}${more})`}`
}
