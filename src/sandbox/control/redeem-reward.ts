import {randomUUID} from 'node:crypto'

import type {Redemption} from '../helix/channel-events.js'
import type {User} from '../records.js'
import type {SandboxState} from '../state.js'
import {ControlError} from './control-error.js'

/** A viewer redeems a custom reward: the one thing about rewards that no Helix call can do. */
export function redeemReward(state: SandboxState, user: User, rewardId: string, userInput: string): Redemption {
  for (const broadcaster of state.users.values()) {
    const {rewards, redemptions} = state.channels.of(broadcaster.id)
    const view = rewards.get(rewardId)?.view
    if (view === undefined) continue
    const redemption: Redemption = {
      broadcaster_id: broadcaster.id,
      broadcaster_login: broadcaster.login,
      broadcaster_name: broadcaster.displayName,
      id: randomUUID(),
      user_id: user.id,
      user_login: user.login,
      user_name: user.displayName,
      user_input: userInput,
      status: 'UNFULFILLED',
      redeemed_at: state.clock.nowText(),
      reward: {id: view.id, title: view.title, prompt: view.prompt, cost: view.cost},
    }
    redemptions.set(redemption.id, redemption)
    return redemption
  }
  throw new ControlError(404, 'no channel has a reward with this reward_id')
}
