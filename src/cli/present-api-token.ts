import type {ApiTokenView} from '../compose.js'
import type {EpochMs} from '../model/time.js'
import {formatDuration} from '../model/format-duration.js'
import type {OutputStream} from './surroundings.js'
import {renderDetails, renderTable} from './table.js'

export function apiTokenTable(tokens: ApiTokenView[], now: EpochMs, stream: OutputStream): string {
  const columns = [
    {title: 'ID'},
    {title: 'NAME', minWidth: 8},
    {title: 'STATE'},
    {title: 'SCOPES', minWidth: 12},
    {title: 'ACTS AS', minWidth: 12},
    {title: 'ENDS IN'},
    {title: 'USED', dropRank: 1},
  ]
  const rows = tokens.map((token) => [
    token.id,
    token.name,
    token.state,
    token.scopes.join(' '),
    token.asAny ? 'any' : token.as.join(' ') || '–',
    token.expiresAt === undefined || token.state !== 'active' ? '–' : formatDuration(token.expiresAt - now),
    token.lastUsedAt === undefined ? 'never' : `${formatDuration(now - token.lastUsedAt)} ago`,
  ])
  return renderTable(columns, rows, stream)
}

/** Everything about one token, its secret apart. */
export function apiTokenDetails(token: ApiTokenView, now: EpochMs): string {
  const ago = (at: EpochMs | undefined) => (at === undefined ? undefined : `${formatDuration(now - at)} ago`)
  return renderDetails([
    ['id', token.id],
    ['name', token.name],
    ['state', token.revokedAt === undefined ? token.state : `revoked ${formatDuration(now - token.revokedAt)} ago`],
    ['scopes', token.scopes.join(' ')],
    ['acts as', token.asAny ? 'the owner and every bot' : token.as.join(' ') || 'nobody'],
    ['by default as', token.defaultAs],
    ['issued to', token.issuedTo],
    ['issued', ago(token.issuedAt)],
    ['ends', describeEnd(token, now)],
    ['last used', ago(token.lastUsedAt) ?? 'never'],
  ])
}

function describeEnd({expiresAt}: ApiTokenView, now: EpochMs): string {
  if (expiresAt === undefined) return 'never'
  return expiresAt > now ? `in ${formatDuration(expiresAt - now)}` : `${formatDuration(now - expiresAt)} ago`
}
