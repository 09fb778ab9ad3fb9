import type {ApiTokenView} from '../../../model/api-token.js'
import type {EpochMs} from '../../../model/time.js'
import {Badge} from '../parts/badge.js'
import {Foreign, ForeignParts} from '../parts/foreign.js'
import {Table, type Column} from '../parts/table.js'
import {TimeLeft} from '../parts/time-left.js'
import {Time} from '../parts/time.js'
import {describeScope} from './scope-words.js'

export interface TokenListProps {
  tokens: readonly ApiTokenView[]
  now: EpochMs
  caption: string
}

const COLUMNS: readonly Column[] = [
  {title: 'Name'},
  {title: 'May'},
  {title: 'Acts as'},
  {title: 'Last used'},
  {title: 'Ends'},
]

/** API tokens, a row each. */
export function TokenList({tokens, now, caption}: TokenListProps) {
  const rows = tokens.map((token) => [
    <TokenName token={token} />,
    <ShortList words={token.scopes.map(describeScope)} />,
    <ActsAs token={token} />,
    <Time at={token.lastUsedAt} now={now} />,
    token.state === 'active' ? (
      <TimeLeft from={token.issuedAt} until={token.expiresAt} now={now} never="never" />
    ) : (
      <TokenState token={token} now={now} />
    ),
  ])
  return <Table caption={caption} columns={COLUMNS} rows={rows} />
}

function TokenName({token}: {token: ApiTokenView}) {
  return (
    <>
      <a href={`/admin/tokens/${token.id}`}>
        <Foreign text={token.name} />
      </a>
      <div class="soft">
        <code>{token.id}</code>
        {token.issuedTo !== undefined && (
          <>
            {', of '}
            <Foreign text={token.issuedTo} />
          </>
        )}
      </div>
    </>
  )
}

/** Whether it opens anything, and since when not. */
export function TokenState({token, now}: {token: ApiTokenView; now: EpochMs}) {
  if (token.state === 'active') return <Badge tone="good">active</Badge>
  const isRevoked = token.state === 'revoked'
  return (
    <>
      <Badge tone={isRevoked ? 'bad' : 'quiet'}>{token.state}</Badge>{' '}
      <Time at={isRevoked ? token.revokedAt : token.expiresAt} now={now} />
    </>
  )
}

/** Whom it may act as. */
export function ActsAs({token, atMost}: {token: Pick<ApiTokenView, 'as' | 'asAny'>; atMost?: number}) {
  if (token.asAny) return <>the owner and every bot</>
  return <ShortList words={token.as} {...(atMost !== undefined && {atMost})} />
}

/** A few words of a list, a line each, and how many more there are. */
function ShortList({words, atMost = 3}: {words: readonly string[]; atMost?: number}) {
  if (words.length === 0) return <span class="soft">nobody</span>
  const shown = words.length > atMost + 1 ? words.slice(0, atMost) : words
  return (
    <>
      {shown.map((word) => (
        <div>
          <ForeignParts text={word} maxLength={160} />
        </div>
      ))}
      {shown.length < words.length && <div class="soft">{`and ${String(words.length - shown.length)} more`}</div>}
    </>
  )
}
