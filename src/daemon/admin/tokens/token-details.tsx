import type {ApiTokenView} from '../../../model/api-token.js'
import type {EpochMs} from '../../../model/time.js'
import {Chip} from '../parts/badge.js'
import {Foreign} from '../parts/foreign.js'
import {Facts, Panel} from '../parts/layout.js'
import {Table} from '../parts/table.js'
import {TimeLeft} from '../parts/time-left.js'
import {Time} from '../parts/time.js'
import {describeScope} from './scope-words.js'
import {ActsAs, TokenState} from './token-list.js'

/** Everything about one API token, its secret apart. */
export function TokenDetails({token, now}: {token: ApiTokenView; now: EpochMs}) {
  const {defaultAs, issuedTo, state} = token
  return (
    <>
      <Facts
        rows={[
          ['State', <TokenState token={token} now={now} />],
          ['Id', <code>{token.id}</code>],
          ['Acts as', token.asAny || token.as.length > 0 ? <ActsAs token={token} atMost={200} /> : 'nobody'],
          ['Unless a request says', defaultAs === undefined ? undefined : <Foreign text={defaultAs} maxLength={160} />],
          ['Issued to', issuedTo === undefined ? undefined : <Foreign text={issuedTo} maxLength={160} />],
          ['Issued', <Time at={token.issuedAt} now={now} />],
          ['Last used', <Time at={token.lastUsedAt} now={now} />],
          [
            'Ends',
            state === 'active' ? (
              <TimeLeft from={token.issuedAt} until={token.expiresAt} now={now} never="never" />
            ) : undefined,
          ],
        ]}
      />
      <Panel title="What it may do">
        <Table
          caption="Its scopes"
          columns={[{title: 'Scope'}, {title: 'It may'}]}
          rows={token.scopes.map((scope) => [<Chip>{scope}</Chip>, describeScope(scope)])}
        />
      </Panel>
    </>
  )
}
