import type {Channel, ChatSettings} from '../helix/channel-data.js'
import type {User} from '../records.js'
import type {SandboxState} from '../state.js'

type Tags = Record<string, string>

const flag = (isSet: boolean): string => (isSet ? '1' : '0')

function badgesOf(channel: Channel, broadcaster: User, user: User): string[] {
  const badges: string[] = []
  if (user.id === broadcaster.id) badges.push('broadcaster/1')
  if (channel.moderators.has(user.id)) badges.push('moderator/1')
  if (channel.vips.has(user.id)) badges.push('vip/1')
  if (channel.subscribers.has(user.id)) badges.push('subscriber/0')
  return badges
}

/** Who someone is in a room: what `PRIVMSG`, `USERNOTICE` and `USERSTATE` have in common (facts 6.5). */
function tagsInRoom(state: SandboxState, broadcaster: User, user: User): Tags {
  const channel = state.channels.of(broadcaster.id)
  const isModerator = channel.moderators.has(user.id)
  return {
    'badge-info': channel.subscribers.has(user.id) ? 'subscriber/1' : '',
    badges: badgesOf(channel, broadcaster, user).join(','),
    color: state.channels.colors.get(user.id) ?? '',
    'display-name': user.displayName,
    mod: flag(isModerator),
    subscriber: flag(channel.subscribers.has(user.id)),
    'user-type': isModerator ? 'mod' : '',
  }
}

/** What a message has besides. `vip` is there for VIPs only. */
export function tagsOfMessage(state: SandboxState, broadcaster: User, user: User): Tags {
  return {
    ...tagsInRoom(state, broadcaster, user),
    emotes: '',
    'first-msg': '0',
    flags: '',
    'returning-chatter': '0',
    'room-id': broadcaster.id,
    'tmi-sent-ts': String(state.clock.now()),
    turbo: '0',
    'user-id': user.id,
    ...(state.channels.of(broadcaster.id).vips.has(user.id) && {vip: '1'}),
  }
}

export const tagsOfUserState = (state: SandboxState, broadcaster: User, user: User): Tags => ({
  ...tagsInRoom(state, broadcaster, user),
  'emote-sets': '0',
})

export const tagsOfGlobalUserState = (state: SandboxState, user: User): Tags => ({
  'badge-info': '',
  badges: '',
  color: state.channels.colors.get(user.id) ?? '',
  'display-name': user.displayName,
  'emote-sets': '0',
  'user-id': user.id,
  'user-type': '',
})

/** The rules of a room, without its id: −1 stands for a room that is not for followers only. */
export const tagsOfRoom = (chat: ChatSettings): Tags => ({
  'emote-only': flag(chat.emote_mode),
  'followers-only': chat.follower_mode ? String(chat.follower_mode_duration ?? 0) : '-1',
  r9k: flag(chat.unique_chat_mode),
  slow: chat.slow_mode ? String(chat.slow_mode_wait_time ?? 0) : '0',
  'subs-only': flag(chat.subscriber_mode),
})
