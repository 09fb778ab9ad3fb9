import {randomUUID} from 'node:crypto'

import {requireChannel, type HelixCall, type HelixHandler, type HelixReply} from './helix-call.js'
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

export const moreHandlers: Record<string, HelixHandler> = {
  'GET /schedule': getSchedule,
  'GET /schedule/icalendar': getCalendar,
  'POST /clips': createClip,
  'GET /streams/key': getStreamKey,
  'POST /raids': startRaid,
}
