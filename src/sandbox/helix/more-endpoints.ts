import {randomUUID} from 'node:crypto'

import {z} from 'zod'

import {tellWhisper} from '../irc/tell-room.js'
import {
  parseBody,
  requireChannel,
  requireUser,
  requireValue,
  type HelixCall,
  type HelixHandler,
  type HelixReply,
} from './helix-call.js'
import {HelixError} from './helix-error.js'

/** A success with nothing in it, in the shape that the catalogue tells. */
export function answerPlausibly({endpoint}: HelixCall): HelixReply {
  if (endpoint.success === 204 || endpoint.response === null) return {}
  const {data} = endpoint.response
  const empty: Record<string, unknown> = {}
  if (data !== undefined) empty.data = Array.isArray(data) ? [] : {}
  if ('pagination' in endpoint.response) empty.pagination = typeof endpoint.response.pagination === 'string' ? '' : {}
  if ('total' in endpoint.response) empty.total = 0
  return {body: empty}
}

function getSchedule(call: HelixCall): HelixReply {
  const {broadcaster} = requireChannel(call)
  throw new HelixError(404, `${broadcaster.login} has no schedule.`)
}

function getCalendar(): HelixReply {
  const value = 'BEGIN:VCALENDAR\r\nPRODID:-//behalf sandbox//EN\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n'
  return {text: {type: 'text/calendar', value}}
}

/** Only live channels can be clipped. */
function createClip(call: HelixCall): HelixReply {
  const {channel} = requireChannel(call)
  if (!channel.live) throw new HelixError(404, 'Clipping is not possible for an offline channel.')
  const id = `Clip${randomUUID().replaceAll('-', '')}`
  return {body: {data: [{id, edit_url: `${call.state.origin}/clips/${id}/edit`}]}}
}

function getStreamKey(call: HelixCall): HelixReply {
  const {broadcaster} = requireChannel(call)
  return {body: {data: [{stream_key: `live_${broadcaster.id}_made_up_key`}]}}
}

function startRaid(call: HelixCall): HelixReply {
  const {broadcaster} = requireChannel(call, 'from_broadcaster_id')
  const target = requireChannel(call, 'to_broadcaster_id').broadcaster
  if (target.id === broadcaster.id)
    throw new HelixError(400, 'The IDs in from_broadcaster_id and to_broadcaster_id cannot be the same ID.')
  return {body: {data: [{created_at: call.state.clock.nowText(), is_mature: false}]}}
}

const whisperBody = z.object({message: z.string().min(1)})

/** Heard in chat by who is there. It succeeds in any case (facts 3.5). */
function whisper(call: HelixCall): HelixReply {
  const {message} = parseBody(call, whisperBody)
  const to = call.state.users.get(requireValue(call, 'to_user_id'))
  if (to === undefined) throw new HelixError(404, 'The ID in to_user_id is not a user.')
  tellWhisper(call.state, requireUser(call), to, message)
  return {}
}

export const moreHandlers: Record<string, HelixHandler> = {
  'GET /schedule': getSchedule,
  'GET /schedule/icalendar': getCalendar,
  'POST /clips': createClip,
  'GET /streams/key': getStreamKey,
  'POST /raids': startRaid,
  'POST /whispers': whisper,
}
