import {randomUUID} from 'node:crypto'

import {z} from 'zod'

import type {Reward, RewardView} from './channel-events.js'
import type {Channel} from './channel-data.js'
import {
  asBroadcasterFields,
  parseBody,
  queryValue,
  queryValues,
  requireChannel,
  requireValue,
  type HelixCall,
  type HelixHandler,
  type HelixReply,
} from './helix-call.js'
import {HelixError} from './helix-error.js'
import {paginate} from './paginate.js'

const MAX_REWARDS = 50

const rewardChange = z.object({
  title: z.string().min(1).max(45).optional(),
  prompt: z.string().max(200).optional(),
  cost: z.number().int().min(1).optional(),
  background_color: z
    .string()
    .regex(/^#[0-9A-F]{6}$/)
    .optional(),
  is_enabled: z.boolean().optional(),
  is_user_input_required: z.boolean().optional(),
  is_max_per_stream_enabled: z.boolean().optional(),
  max_per_stream: z.number().int().min(1).optional(),
  is_max_per_user_per_stream_enabled: z.boolean().optional(),
  max_per_user_per_stream: z.number().int().min(1).optional(),
  is_global_cooldown_enabled: z.boolean().optional(),
  global_cooldown_seconds: z.number().int().min(1).optional(),
  is_paused: z.boolean().optional(),
  should_redemptions_skip_request_queue: z.boolean().optional(),
})

const rewardBody = rewardChange.extend({title: z.string().min(1).max(45), cost: z.number().int().min(1)})

function createReward(call: HelixCall): HelixReply {
  const input = parseBody(call, rewardBody)
  const {broadcaster, channel} = requireChannel(call)
  if (broadcaster.broadcasterType === '') {
    throw new HelixError(403, 'The broadcaster must have partner or affiliate status.')
  }
  if (channel.rewards.size >= MAX_REWARDS) throw new HelixError(400, 'The channel has the maximum of 50 rewards.')
  checkTitle(channel, input.title)
  const fresh: RewardView = {
    ...asBroadcasterFields(broadcaster),
    id: randomUUID(),
    title: input.title,
    prompt: '',
    cost: input.cost,
    image: null,
    default_image: {
      url_1x: 'https://static.example.test/reward-1.png',
      url_2x: 'https://static.example.test/reward-2.png',
      url_4x: 'https://static.example.test/reward-4.png',
    },
    background_color: '#9147FF',
    is_enabled: true,
    is_user_input_required: false,
    max_per_stream_setting: {is_enabled: false, max_per_stream: 0},
    max_per_user_per_stream_setting: {is_enabled: false, max_per_user_per_stream: 0},
    global_cooldown_setting: {is_enabled: false, global_cooldown_seconds: 0},
    is_paused: false,
    is_in_stock: true,
    should_redemptions_skip_request_queue: false,
    redemptions_redeemed_current_stream: null,
    cooldown_expires_at: null,
  }
  const reward = {clientId: call.token?.clientId ?? '', view: changeView(fresh, input)}
  channel.rewards.set(reward.view.id, reward)
  return {body: {data: [reward.view]}}
}

function updateReward(call: HelixCall): HelixReply {
  const change = parseBody(call, rewardChange)
  const {channel} = requireChannel(call)
  const reward = requireOwnReward(call, channel, 'id')
  if (change.title !== undefined && change.title !== reward.view.title) checkTitle(channel, change.title)
  reward.view = changeView(reward.view, change)
  return {body: {data: [reward.view]}}
}

/** Flat on the way in, nested on the way out. */
function changeView(view: RewardView, change: z.output<typeof rewardChange>): RewardView {
  const perStream = view.max_per_stream_setting
  const perUser = view.max_per_user_per_stream_setting
  const cooldown = view.global_cooldown_setting
  return {
    ...view,
    title: change.title ?? view.title,
    prompt: change.prompt ?? view.prompt,
    cost: change.cost ?? view.cost,
    background_color: change.background_color ?? view.background_color,
    is_enabled: change.is_enabled ?? view.is_enabled,
    is_user_input_required: change.is_user_input_required ?? view.is_user_input_required,
    is_paused: change.is_paused ?? view.is_paused,
    should_redemptions_skip_request_queue:
      change.should_redemptions_skip_request_queue ?? view.should_redemptions_skip_request_queue,
    max_per_stream_setting: {
      is_enabled: change.is_max_per_stream_enabled ?? perStream.is_enabled,
      max_per_stream: change.max_per_stream ?? perStream.max_per_stream,
    },
    max_per_user_per_stream_setting: {
      is_enabled: change.is_max_per_user_per_stream_enabled ?? perUser.is_enabled,
      max_per_user_per_stream: change.max_per_user_per_stream ?? perUser.max_per_user_per_stream,
    },
    global_cooldown_setting: {
      is_enabled: change.is_global_cooldown_enabled ?? cooldown.is_enabled,
      global_cooldown_seconds: change.global_cooldown_seconds ?? cooldown.global_cooldown_seconds,
    },
  }
}

function getRewards(call: HelixCall): HelixReply {
  const {channel} = requireChannel(call)
  const wanted = queryValues(call, 'id')
  const ownOnly = queryValue(call, 'only_manageable_rewards') === 'true'
  const found = [...channel.rewards.values()].filter(
    ({clientId, view}) =>
      (wanted.length === 0 || wanted.includes(view.id)) && (!ownOnly || clientId === call.token?.clientId),
  )
  if (wanted.length > 0 && found.length === 0) throw new HelixError(404, 'No reward has the ID in id.')
  return {body: {data: found.map(({view}) => view)}}
}

function deleteReward(call: HelixCall): HelixReply {
  const {channel} = requireChannel(call)
  channel.rewards.delete(requireOwnReward(call, channel, 'id').view.id)
  return {}
}

const STATUSES = ['UNFULFILLED', 'FULFILLED', 'CANCELED']

function getRedemptions(call: HelixCall): HelixReply {
  const {channel} = requireChannel(call)
  const reward = requireOwnReward(call, channel, 'reward_id')
  const status = requireValue(call, 'status')
  if (!STATUSES.includes(status)) throw new HelixError(400, 'The parameter "status" was malformed: unknown status')
  const wanted = queryValues(call, 'id')
  const found = [...channel.redemptions.values()].filter(
    (redemption) =>
      redemption.reward.id === reward.view.id &&
      (wanted.length === 0 ? redemption.status === status : wanted.includes(redemption.id)),
  )
  if (queryValue(call, 'sort') === 'NEWEST') found.reverse()
  return {body: paginate(call, found)}
}

const redemptionChange = z.object({status: z.enum(['FULFILLED', 'CANCELED'])})

function updateRedemptions(call: HelixCall): HelixReply {
  const {status} = parseBody(call, redemptionChange)
  const {channel} = requireChannel(call)
  const reward = requireOwnReward(call, channel, 'reward_id')
  const chosen = queryValues(call, 'id').flatMap((id) => {
    const redemption = channel.redemptions.get(id)
    return redemption?.reward.id === reward.view.id && redemption.status === 'UNFULFILLED' ? [redemption] : []
  })
  if (chosen.length === 0) throw new HelixError(404, 'No unfulfilled redemption has one of the IDs in id.')
  for (const redemption of chosen) redemption.status = status
  return {body: {data: chosen}}
}

function checkTitle(channel: Channel, title: string): void {
  if ([...channel.rewards.values()].some(({view}) => view.title === title)) {
    throw new HelixError(400, 'CREATE_CUSTOM_REWARD_DUPLICATE_REWARD')
  }
}

/** A reward, which only the client that made it may change. */
function requireOwnReward(call: HelixCall, channel: Channel, parameter: string): Reward {
  const reward = channel.rewards.get(requireValue(call, parameter))
  if (reward === undefined) throw new HelixError(404, `No reward has the ID in ${parameter}.`)
  if (reward.clientId !== call.token?.clientId) {
    throw new HelixError(403, 'The custom reward was created by a different client_id.')
  }
  return reward
}

export const rewardHandlers: Record<string, HelixHandler> = {
  'POST /channel_points/custom_rewards': createReward,
  'GET /channel_points/custom_rewards': getRewards,
  'PATCH /channel_points/custom_rewards': updateReward,
  'DELETE /channel_points/custom_rewards': deleteReward,
  'GET /channel_points/custom_rewards/redemptions': getRedemptions,
  'PATCH /channel_points/custom_rewards/redemptions': updateRedemptions,
}
