import {z} from 'zod'

import {coversScope} from '../../helix/endpoint-scopes.js'
import {sayMessage} from '../irc/say-message.js'
import {tellAnnouncement, tellCleared, tellDeleted, tellSettings} from '../irc/tell-room.js'
import {
  asUserFields,
  describePerson,
  parseBody,
  queryValue,
  requireChannel,
  requireValue,
  type HelixCall,
  type HelixHandler,
  type HelixReply,
} from './helix-call.js'
import {HelixError} from './helix-error.js'
import {findBan} from './moderation.js'
import {paginate} from './paginate.js'

const MAX_MESSAGE_CHARACTERS = 500

const messageBody = z.object({
  broadcaster_id: z.string(),
  sender_id: z.string(),
  message: z.string(),
  reply_parent_message_id: z.string().optional(),
  for_source_only: z.boolean().optional(),
  pin: z.boolean().optional(),
})

/** A dropped message is a success too, with a `drop_reason` (facts 3.7). */
function sendMessage(call: HelixCall): HelixReply {
  const {broadcaster_id: broadcasterId, sender_id: senderId, message, ...options} = parseBody(call, messageBody)
  const {state} = call
  const broadcaster = state.users.get(broadcasterId)
  if (broadcaster === undefined) throw new HelixError(400, 'The ID in broadcaster_id is not a user.')
  const sender = state.users.get(senderId)
  if (sender === undefined) throw new HelixError(400, 'The ID in sender_id is not a user.')
  if (options.for_source_only !== undefined && call.token?.kind === 'user') {
    throw new HelixError(400, 'The parameter for_source_only may only be set with an app access token.')
  }
  if (options.pin === true) checkPin(call, broadcasterId, senderId, options)
  if (Array.from(message).length > MAX_MESSAGE_CHARACTERS) throw new HelixError(422, 'The message is too large.')
  const channel = state.channels.of(broadcasterId)
  if (findBan(state, channel, senderId))
    throw new HelixError(403, 'The sender is not permitted to send chat messages to the broadcaster.')

  const said = sayMessage(state, {broadcaster, sender, text: message, replyTo: options.reply_parent_message_id})
  const [id, drop] = 'drop' in said ? ['', said.drop] : [said.id, null]
  return {body: {data: [{message_id: id, is_sent: drop === null, drop_reason: drop}]}}
}

function checkPin(
  call: HelixCall,
  broadcasterId: string,
  senderId: string,
  options: {reply_parent_message_id?: string | undefined; for_source_only?: boolean | undefined},
): void {
  if (options.reply_parent_message_id !== undefined || options.for_source_only !== undefined) {
    throw new HelixError(400, 'A reply or a source-only message cannot be pinned.')
  }
  const scopes =
    call.token?.kind === 'app'
      ? (call.state.findGrant(call.token.clientId, senderId)?.scopes ?? [])
      : call.token?.scopes
  if (!coversScope(scopes ?? [], 'moderator:manage:chat_messages')) {
    throw new HelixError(401, 'Missing scope: moderator:manage:chat_messages')
  }
  if (!call.state.channels.isModerator(broadcasterId, senderId)) {
    throw new HelixError(403, 'The sender is not a moderator of the broadcaster.')
  }
}

function getChatters(call: HelixCall): HelixReply {
  const listed = [...requireChannel(call).channel.chatters.values()].map(asUserFields)
  return {body: {...paginate(call, listed), total: listed.length}}
}

/** The chat delay is for moderators, with the scope. */
function getSettings(call: HelixCall): HelixReply {
  const {broadcaster, channel} = requireChannel(call)
  const moderatorId = queryValue(call, 'moderator_id')
  const scopes = call.endpoint.optionalScopes ?? []
  if (moderatorId !== undefined && call.token?.kind === 'user' && scopes.length > 0) {
    const isCovered = scopes.some((scope) => coversScope(call.token?.scopes ?? [], scope))
    if (!isCovered) throw new HelixError(401, `Missing scope: ${scopes.join(' or ')}`)
  }
  const {non_moderator_chat_delay: delay, non_moderator_chat_delay_duration: duration, ...open} = channel.chat
  const closed = {
    moderator_id: moderatorId,
    non_moderator_chat_delay: delay,
    non_moderator_chat_delay_duration: duration,
  }
  return {body: {data: [{broadcaster_id: broadcaster.id, ...open, ...(moderatorId !== undefined && closed)}]}}
}

const settingsBody = z.object({
  emote_mode: z.boolean().optional(),
  follower_mode: z.boolean().optional(),
  follower_mode_duration: z.number().int().min(0).max(129_600).optional(),
  non_moderator_chat_delay: z.boolean().optional(),
  non_moderator_chat_delay_duration: z.union([z.literal(2), z.literal(4), z.literal(6)]).optional(),
  slow_mode: z.boolean().optional(),
  slow_mode_wait_time: z.number().int().min(3).max(120).optional(),
  subscriber_mode: z.boolean().optional(),
  unique_chat_mode: z.boolean().optional(),
})

function updateSettings(call: HelixCall): HelixReply {
  const {broadcaster, channel} = requireChannel(call)
  const {chat} = channel
  const before = {...chat}
  Object.assign(chat, parseBody(call, settingsBody))
  chat.follower_mode_duration = chat.follower_mode ? (chat.follower_mode_duration ?? 0) : null
  chat.slow_mode_wait_time = chat.slow_mode ? (chat.slow_mode_wait_time ?? 30) : null
  chat.non_moderator_chat_delay_duration = chat.non_moderator_chat_delay
    ? (chat.non_moderator_chat_delay_duration ?? 2)
    : null
  tellSettings(call.state, broadcaster, before, chat)
  return getSettings(call)
}

const announcementBody = z.object({
  message: z.string().min(1),
  color: z.enum(['blue', 'green', 'orange', 'purple', 'primary']).default('primary'),
})

function announce(call: HelixCall): HelixReply {
  const {message, color} = parseBody(call, announcementBody)
  const {broadcaster, channel} = requireChannel(call)
  const text = Array.from(message).slice(0, MAX_MESSAGE_CHARACTERS).join('')
  const moderatorId = requireValue(call, 'moderator_id')
  channel.announcements.push({moderatorId, message: text, color})
  const sender = call.state.users.get(moderatorId)
  if (sender) tellAnnouncement(call.state, {broadcaster, sender, text, color})
  return {}
}

/** One message, or all of them. */
function deleteMessages(call: HelixCall): HelixReply {
  const {broadcaster, channel} = requireChannel(call)
  const messageId = queryValue(call, 'message_id')
  if (messageId === undefined) {
    channel.messages = []
    tellCleared(call.state, broadcaster)
    return {}
  }
  const deleted = channel.messages.find((message) => message.id === messageId)
  if (deleted === undefined) throw new HelixError(404, 'There is no message with the ID in message_id.')
  channel.messages = channel.messages.filter((message) => message !== deleted)
  const {login} = describePerson(call.state, deleted.senderId)
  tellDeleted(call.state, broadcaster, {id: messageId, login, text: deleted.text})
  return {}
}

export const chatHandlers: Record<string, HelixHandler> = {
  'POST /chat/messages': sendMessage,
  'GET /chat/chatters': getChatters,
  'GET /chat/settings': getSettings,
  'PATCH /chat/settings': updateSettings,
  'POST /chat/announcements': announce,
  'DELETE /moderation/chat': deleteMessages,
}
