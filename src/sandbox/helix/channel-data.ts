import type {EpochMs} from '../../model/time.js'
import type {User} from '../records.js'
import type {Poll, Prediction, Redemption, Reward} from './channel-events.js'

/** Who appears in a list: a seeded user, or one of the made-up viewers. */
export interface Person {
  id: string
  login: string
  displayName: string
}

export interface ChatSettings {
  emote_mode: boolean
  follower_mode: boolean
  follower_mode_duration: number | null
  non_moderator_chat_delay: boolean
  non_moderator_chat_delay_duration: number | null
  slow_mode: boolean
  slow_mode_wait_time: number | null
  subscriber_mode: boolean
  unique_chat_mode: boolean
}

export interface Ban {
  userId: string
  moderatorId: string
  reason: string
  createdAt: EpochMs
  /** Null: for good. */
  endsAt: EpochMs | null
}

export interface ChatMessage {
  id: string
  senderId: string
  text: string
  at: EpochMs
}

/** What belongs to one broadcaster. */
export interface Channel {
  title: string
  gameId: string
  language: string
  delay: number
  tags: string[]
  labels: string[]
  branded: boolean
  live: boolean
  viewers: number
  moderators: Set<string>
  vips: Set<string>
  bans: Map<string, Ban>
  /** By user id, in the order they followed. */
  followers: Map<string, {person: Person; at: EpochMs}>
  subscribers: Map<string, {person: Person; tier: '1000' | '2000' | '3000'}>
  chatters: Map<string, Person>
  messages: ChatMessage[]
  announcements: {moderatorId: string; message: string; color: string}[]
  chat: ChatSettings
  /** `drop_reason` of the next messages sent here. */
  dropNext: {code: string; message: string}[]
  polls: Poll[]
  predictions: Prediction[]
  rewards: Map<string, Reward>
  redemptions: Map<string, Redemption>
  blocked: Set<string>
}

/** The channels of all broadcasters, made on first use. */
export class ChannelData {
  readonly colors = new Map<string, string>()
  /** Live streams of broadcasters who are not seeded: fills long lists. */
  extraStreams = 0
  readonly #channels = new Map<string, Channel>()

  of(userId: string): Channel {
    const known = this.#channels.get(userId)
    if (known) return known
    const made = createChannel()
    this.#channels.set(userId, made)
    return made
  }

  clear(): void {
    this.colors.clear()
    this.#channels.clear()
    this.extraStreams = 0
  }

  /** Whether this user may moderate there: the broadcaster counts. */
  isModerator(broadcasterId: string, userId: string): boolean {
    return broadcasterId === userId || this.of(broadcasterId).moderators.has(userId)
  }

  /** Ids of the channels in which this user is a moderator. */
  moderatedBy(userId: string): string[] {
    return [...this.#channels].filter(([, channel]) => channel.moderators.has(userId)).map(([id]) => id)
  }

  /** Channels this user follows, with the time of the follow. */
  followedBy(userId: string): {broadcasterId: string; at: EpochMs}[] {
    return [...this.#channels].flatMap(([broadcasterId, channel]) => {
      const follow = channel.followers.get(userId)
      return follow ? [{broadcasterId, at: follow.at}] : []
    })
  }
}

/** A made-up viewer; the same number is always the same one. */
export const makeViewer = (number: number): Person => ({
  id: String(5_000_000 + number),
  login: `viewer_${String(number)}`,
  displayName: `Viewer_${String(number)}`,
})

export const asPerson = (user: User): Person => ({id: user.id, login: user.login, displayName: user.displayName})

function createChannel(): Channel {
  return {
    title: 'Building things, slowly',
    gameId: '509658',
    language: 'en',
    delay: 0,
    tags: ['English'],
    labels: [],
    branded: false,
    live: false,
    viewers: 0,
    moderators: new Set(),
    vips: new Set(),
    bans: new Map(),
    followers: new Map(),
    subscribers: new Map(),
    chatters: new Map(),
    messages: [],
    announcements: [],
    chat: {
      emote_mode: false,
      follower_mode: false,
      follower_mode_duration: null,
      non_moderator_chat_delay: false,
      non_moderator_chat_delay_duration: null,
      slow_mode: false,
      slow_mode_wait_time: null,
      subscriber_mode: false,
      unique_chat_mode: false,
    },
    dropNext: [],
    polls: [],
    predictions: [],
    rewards: new Map(),
    redemptions: new Map(),
    blocked: new Set(),
  }
}
