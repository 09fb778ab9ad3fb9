import {MINUTE_MS, SECOND_MS} from '../../model/time.js'
import type {Channel} from '../helix/channel-data.js'
import type {User} from '../records.js'
import type {SandboxState} from '../state.js'

/** Why a message is not let through: Twitch's code, of IRC and Helix alike (facts 3.7), and words. */
export interface Drop {
  code: string
  message: string
}

/** What the rules of a room have against a message. The broadcaster, moderators and VIPs are above them. */
export function checkRoomRules(state: SandboxState, channel: Channel, sender: User, text: string): Drop | undefined {
  const {chat} = channel
  const now = state.clock.now()
  // There are no emotes here, so every message has words.
  if (chat.emote_mode) return drop('msg_emoteonly', 'This room is in emote-only mode.')
  if (chat.subscriber_mode && !channel.subscribers.has(sender.id)) {
    return drop('msg_subsonly', 'This room is in subscribers-only mode.')
  }
  const stranger = chat.follower_mode && checkFollower(channel, sender, now)
  if (stranger) return stranger
  const last = channel.messages.findLast(({senderId}) => senderId === sender.id)
  const waitMs = last === undefined ? 0 : last.at + (chat.slow_mode_wait_time ?? 0) * SECOND_MS - now
  if (chat.slow_mode && waitMs > 0) {
    const seconds = String(Math.ceil(waitMs / SECOND_MS))
    return drop('msg_slowmode', `This room is in slow mode. You can talk again in ${seconds} seconds.`)
  }
  if (chat.unique_chat_mode && channel.messages.some((earlier) => earlier.text === text)) {
    return drop('msg_r9k', 'This room is in unique-chat mode, and the message is not unique.')
  }
  return undefined
}

function checkFollower({chat, followers}: Channel, {id}: User, now: number): Drop | undefined {
  const minutes = chat.follower_mode_duration ?? 0
  const follow = followers.get(id)
  if (follow === undefined) {
    return minutes === 0
      ? drop('msg_followersonly_zero', 'This room is in followers-only mode.')
      : drop('msg_followersonly', `This room is for those who have followed for ${String(minutes)} minutes.`)
  }
  const followedMs = now - follow.at
  if (followedMs >= minutes * MINUTE_MS) return undefined
  const followed = String(Math.floor(followedMs / MINUTE_MS))
  return drop(
    'msg_followersonly_followed',
    `This room is for those who have followed for ${String(minutes)} minutes. You have for ${followed}.`,
  )
}

const drop = (code: string, message: string): Drop => ({code, message})
