/** Polls, predictions and rewards are kept in the shape in which Helix shows them. */
export interface Poll {
  id: string
  broadcaster_id: string
  broadcaster_name: string
  broadcaster_login: string
  title: string
  choices: {id: string; title: string; votes: number; channel_points_votes: number; bits_votes: number}[]
  bits_voting_enabled: boolean
  bits_per_vote: number
  channel_points_voting_enabled: boolean
  channel_points_per_vote: number
  status: 'ACTIVE' | 'COMPLETED' | 'TERMINATED' | 'ARCHIVED'
  duration: number
  started_at: string
  ended_at: string | null
}

export interface Prediction {
  id: string
  broadcaster_id: string
  broadcaster_name: string
  broadcaster_login: string
  title: string
  winning_outcome_id: string | null
  outcomes: {
    id: string
    title: string
    users: number
    channel_points: number
    top_predictors: unknown[] | null
    color: 'BLUE' | 'PINK'
  }[]
  prediction_window: number
  status: 'ACTIVE' | 'LOCKED' | 'RESOLVED' | 'CANCELED'
  created_at: string
  ended_at: string | null
  locked_at: string | null
}

export interface Reward {
  /** The client that made it: no other may change it. */
  clientId: string
  view: RewardView
}

export interface RewardView {
  broadcaster_id: string
  broadcaster_login: string
  broadcaster_name: string
  id: string
  title: string
  prompt: string
  cost: number
  image: null
  default_image: {url_1x: string; url_2x: string; url_4x: string}
  background_color: string
  is_enabled: boolean
  is_user_input_required: boolean
  max_per_stream_setting: {is_enabled: boolean; max_per_stream: number}
  max_per_user_per_stream_setting: {is_enabled: boolean; max_per_user_per_stream: number}
  global_cooldown_setting: {is_enabled: boolean; global_cooldown_seconds: number}
  is_paused: boolean
  is_in_stock: boolean
  should_redemptions_skip_request_queue: boolean
  redemptions_redeemed_current_stream: number | null
  cooldown_expires_at: string | null
}

export interface Redemption {
  broadcaster_id: string
  broadcaster_login: string
  broadcaster_name: string
  id: string
  user_id: string
  user_login: string
  user_name: string
  user_input: string
  status: 'UNFULFILLED' | 'FULFILLED' | 'CANCELED'
  redeemed_at: string
  reward: {id: string; title: string; prompt: string; cost: number}
}
