import {randomUUID} from 'node:crypto'

import type {ChatMessage} from '../helix/channel-data.js'
import type {User} from '../records.js'
import type {SandboxState} from '../state.js'
import {fromUser, type ChatConnection} from './chat-connection.js'
import {tagsOfMessage} from './chat-tags.js'
import {checkRoomRules, type Drop} from './check-room-rules.js'

/** Saying the same again within this time is refused. */
const DUPLICATE_MS = 30_000
/** How many messages of a channel can be replied to or deleted. */
const KEPT_MESSAGES = 1000

export interface Utterance {
  broadcaster: User
  sender: User
  text: string
  /** Id of the message it replies to; one that is not known makes it no reply. */
  replyTo?: string | undefined
  nonce?: string | undefined
  /** The connection it came by, which does not hear it. */
  from?: ChatConnection | undefined
}

/** Said, with the message's id; or dropped, with Twitch's code for why. */
export type Said = {id: string} | {drop: Drop}

/** Someone speaks in a room, by IRC or by Helix. Whether they are banned has been checked. */
export function sayMessage(state: SandboxState, {broadcaster, sender, text, ...rest}: Utterance): Said {
  const channel = state.channels.of(broadcaster.id)
  const at = state.clock.now()
  const drop = findDrop(state, {broadcaster, sender, text}) ?? channel.dropNext.shift()
  if (drop) return {drop}

  const id = randomUUID()
  const parent = channel.messages.find((message) => message.id === rest.replyTo)
  const tags = {
    ...tagsOfMessage(state, broadcaster, sender),
    id,
    ...(rest.nonce !== undefined && {'client-nonce': rest.nonce}),
    ...(parent && tagsOfReply(state, parent)),
  }
  channel.messages.push({id, senderId: sender.id, text, at})
  if (channel.messages.length > KEPT_MESSAGES) channel.messages.shift()
  state.chat.tellRoom(broadcaster.id, fromUser(sender, 'PRIVMSG', [`#${broadcaster.login}`, text], tags), rest.from)
  return {id}
}

function findDrop(state: SandboxState, {broadcaster, sender, text}: Utterance): Drop | undefined {
  const channel = state.channels.of(broadcaster.id)
  const now = state.clock.now()
  const isPrivileged = state.channels.isModerator(broadcaster.id, sender.id) || channel.vips.has(sender.id)
  if (state.settings.chatLimits && !state.chatLimits.takeMessage(sender.id, broadcaster.id, isPrivileged, now)) {
    return {code: 'msg_ratelimit', message: 'You are sending messages too quickly.'}
  }
  const broken = isPrivileged ? undefined : checkRoomRules(state, channel, sender, text)
  if (broken) return broken
  const isRepeat = channel.messages.some(
    (earlier) => earlier.senderId === sender.id && earlier.text === text && now - earlier.at < DUPLICATE_MS,
  )
  if (!isRepeat) return undefined
  return {code: 'msg_duplicate', message: 'The message is identical to one sent less than 30 seconds ago.'}
}

function tagsOfReply(state: SandboxState, {id, senderId, text}: ChatMessage): Record<string, string> {
  const sender = state.users.get(senderId)
  return {
    'reply-parent-msg-id': id,
    'reply-parent-user-id': senderId,
    'reply-parent-user-login': sender?.login ?? '',
    'reply-parent-display-name': sender?.displayName ?? '',
    'reply-parent-msg-body': text,
    'reply-thread-parent-msg-id': id,
    'reply-thread-parent-user-login': sender?.login ?? '',
  }
}
