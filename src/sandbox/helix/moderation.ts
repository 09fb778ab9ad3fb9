import {z} from 'zod'

import {tellBan} from '../irc/tell-room.js'
import {formatTime} from '../sandbox-clock.js'
import type {SandboxState} from '../state.js'
import type {Ban, Channel} from './channel-data.js'
import {
  asBroadcasterFields,
  asUserFields,
  describePerson,
  parseBody,
  queryValues,
  requireChannel,
  requireValue,
  type HelixCall,
  type HelixHandler,
  type HelixReply,
} from './helix-call.js'
import {HelixError} from './helix-error.js'
import {paginate} from './paginate.js'

const isInForce = (state: SandboxState, ban: Ban): boolean => ban.endsAt === null || ban.endsAt > state.clock.now()

/** Why someone may not speak in a channel now: a ban, or a time-out, whose end is told. */
export function findBan(state: SandboxState, channel: Channel, userId: string): Ban | undefined {
  const ban = channel.bans.get(userId)
  return ban !== undefined && isInForce(state, ban) ? ban : undefined
}

function getBanned(call: HelixCall): HelixReply {
  const {channel} = requireChannel(call)
  const wanted = queryValues(call, 'user_id')
  const listed = [...channel.bans.values()]
    .filter((ban) => isInForce(call.state, ban) && (wanted.length === 0 || wanted.includes(ban.userId)))
    .map((ban) => {
      const moderator = describePerson(call.state, ban.moderatorId)
      return {
        ...asUserFields(describePerson(call.state, ban.userId)),
        expires_at: ban.endsAt === null ? '' : formatTime(ban.endsAt),
        created_at: formatTime(ban.createdAt),
        reason: ban.reason,
        moderator_id: moderator.id,
        moderator_login: moderator.login,
        moderator_name: moderator.displayName,
      }
    })
  return {body: paginate(call, listed)}
}

const banBody = z.object({
  data: z.object({
    user_id: z.string().min(1),
    /** Seconds; without it the ban is for good. */
    duration: z.number().int().min(1).max(1_209_600).optional(),
    reason: z.string().max(500).default(''),
  }),
})

function banUser(call: HelixCall): HelixReply {
  const {user_id: userId, duration, reason} = parseBody(call, banBody).data
  const {broadcaster, channel} = requireChannel(call)
  if (userId === broadcaster.id) throw new HelixError(400, 'The user specified in the user_id field may not be banned.')
  const banned = call.state.users.get(userId)
  if (banned === undefined) throw new HelixError(400, 'The ID in user_id is not a user.')
  if (duration === undefined && findBan(call.state, channel, userId)?.endsAt === null) {
    throw new HelixError(400, 'The user specified in the user_id field is already banned.')
  }
  const createdAt = call.state.clock.now()
  const moderatorId = requireValue(call, 'moderator_id')
  const endsAt = duration === undefined ? null : createdAt + duration * 1000
  channel.bans.set(userId, {userId, moderatorId, reason, createdAt, endsAt})
  tellBan(call.state, broadcaster, banned, duration)
  const ids = {broadcaster_id: broadcaster.id, moderator_id: moderatorId, user_id: userId}
  const times = {created_at: formatTime(createdAt), end_time: endsAt === null ? null : formatTime(endsAt)}
  return {body: {data: [{...ids, ...times}]}}
}

function unbanUser(call: HelixCall): HelixReply {
  const {channel} = requireChannel(call)
  const userId = requireValue(call, 'user_id')
  if (findBan(call.state, channel, userId) === undefined)
    throw new HelixError(400, 'The user in the user_id query parameter is not banned.')
  channel.bans.delete(userId)
  return {}
}

function getModeratedChannels(call: HelixCall): HelixReply {
  const ids = call.state.channels.moderatedBy(requireValue(call, 'user_id'))
  return {
    body: paginate(
      call,
      ids.map((id) => asBroadcasterFields(describePerson(call.state, id))),
    ),
  }
}

type RoleName = 'moderators' | 'vips'

const listRole =
  (role: RoleName): HelixHandler =>
  (call) => {
    const wanted = queryValues(call, 'user_id')
    const listed = [...requireChannel(call).channel[role]]
      .filter((id) => wanted.length === 0 || wanted.includes(id))
      .map((id) => asUserFields(describePerson(call.state, id)))
    return {body: paginate(call, listed)}
  }

/** A moderator cannot be a VIP, nor the other way round (facts 3.2). */
const giveRole =
  (role: RoleName): HelixHandler =>
  (call) => {
    const {broadcaster, channel} = requireChannel(call)
    const userId = requireValue(call, 'user_id')
    if (!call.state.users.has(userId) || userId === broadcaster.id) {
      throw new HelixError(400, 'The ID in user_id cannot be given this role.')
    }
    const other = role === 'moderators' ? channel.vips : channel.moderators
    if (other.has(userId)) throw new HelixError(422, 'The user has the other role; take it away first.')
    if (channel[role].has(userId)) throw new HelixError(role === 'vips' ? 422 : 400, 'The user has this role already.')
    channel[role].add(userId)
    return {}
  }

const takeRole =
  (role: RoleName): HelixHandler =>
  (call) => {
    const removed = requireChannel(call).channel[role].delete(requireValue(call, 'user_id'))
    if (!removed) throw new HelixError(role === 'vips' ? 422 : 400, 'The user does not have this role.')
    return {}
  }

export const moderationHandlers: Record<string, HelixHandler> = {
  'GET /moderation/banned': getBanned,
  'POST /moderation/bans': banUser,
  'DELETE /moderation/bans': unbanUser,
  'GET /moderation/channels': getModeratedChannels,
  'GET /moderation/moderators': listRole('moderators'),
  'POST /moderation/moderators': giveRole('moderators'),
  'DELETE /moderation/moderators': takeRole('moderators'),
  'GET /channels/vips': listRole('vips'),
  'POST /channels/vips': giveRole('vips'),
  'DELETE /channels/vips': takeRole('vips'),
}
