import type {AccountStatus} from '../../../model/account-status.js'
import type {EpochMs} from '../../../model/time.js'
import {Badge} from '../parts/badge.js'
import {TimeLeft} from '../parts/time-left.js'
import {Time} from '../parts/time.js'
import {explainState, STATE_WORDS} from './account-words.js'

/** The state of an account, with why it is so. */
export function AccountState({account}: {account: AccountStatus}) {
  const {tone, text} = STATE_WORDS[account.state]
  const why = account.state === 'login-needed' ? explainState(account) : undefined
  return (
    <>
      <Badge tone={tone}>{text}</Badge>
      {why !== undefined && <p class="soft">{why}</p>}
    </>
  )
}

/** How long its access token lives. */
export const AccountTimeLeft = ({account, now}: {account: AccountStatus; now: EpochMs}) => (
  <TimeLeft from={account.issuedAt} until={account.expiresAt} now={now} />
)

/** When it is refreshed next without anyone asking. */
export const NextRefresh = ({account, now}: {account: AccountStatus; now: EpochMs}) => {
  const {nextRefreshAt: at} = account
  return at !== undefined && at <= now ? <>due</> : <Time at={at} now={now} never="not planned" />
}
