import {Foreign} from '../parts/foreign.js'
import {Panel} from '../parts/layout.js'
import {Notice} from '../parts/notice.js'
import type {Trouble} from './foresee-trouble.js'
import {describePower} from './scope-words.js'
import {LIVES, type TokenWish} from './token-wish.js'

export interface OutcomeProps {
  wish: TokenWish
  /** What the accounts are called that are wished for. */
  as: readonly string[]
  troubles: readonly Trouble[]
}

/** What the token will be able to do, and what it will not though it may. The script keeps it true as one chooses. */
export function Outcome({wish, as, troubles}: OutcomeProps) {
  const life = LIVES.find(({value}) => value === wish.life)
  return (
    <Panel title="What comes of it">
      <div id="outcome" data-ahead="check" aria-live="polite">
        <p>
          <Foreign
            maxLength={2000}
            text={describePower({
              scopes: wish.scopes,
              as: [...as],
              asAny: wish.reach === 'any',
              ...(wish.defaultAs !== '' && {defaultAs: wish.defaultAs}),
              ...(life?.lifeMs !== undefined && {life: life.label}),
            })}
          />
        </p>
        <Troubles troubles={troubles} />
      </div>
    </Panel>
  )
}

/** What will not work yet, with the commands that mend it. */
function Troubles({troubles}: {troubles: readonly Trouble[]}) {
  if (troubles.length === 0) return null
  const more = troubles.length - MOST_SHOWN
  return (
    <Notice tone="warn" title="Some of this will not work yet">
      <ul>
        {troubles.slice(0, MOST_SHOWN).map(({text, command}) => (
          <li>
            <Foreign text={text} maxLength={400} />
            {command !== undefined && (
              <>
                {' '}
                <code>{command}</code>
              </>
            )}
          </li>
        ))}
        {more > 0 && <li>{`${String(more)} more like these.`}</li>}
      </ul>
    </Notice>
  )
}

const MOST_SHOWN = 10
