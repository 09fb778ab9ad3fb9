import {randomUUID} from 'node:crypto'

import {z} from 'zod'

import {formatTime} from '../sandbox-clock.js'
import type {Poll} from './channel-events.js'
import {
  asBroadcasterFields,
  parseBody,
  queryValues,
  requireChannel,
  type HelixCall,
  type HelixHandler,
  type HelixReply,
} from './helix-call.js'
import {HelixError} from './helix-error.js'
import {paginate} from './paginate.js'

/** The newest first. Those whose time is over are closed when looked at. */
function listPolls(call: HelixCall, broadcasterId: string): Poll[] {
  const {polls} = call.state.channels.of(broadcasterId)
  const now = call.state.clock.now()
  for (const poll of polls) {
    const endsAt = Date.parse(poll.started_at) + poll.duration * 1000
    if (poll.status === 'ACTIVE' && endsAt <= now)
      Object.assign(poll, {status: 'COMPLETED', ended_at: formatTime(endsAt)})
  }
  return polls
}

function getPolls(call: HelixCall): HelixReply {
  const {broadcaster} = requireChannel(call)
  const wanted = queryValues(call, 'id')
  const listed = listPolls(call, broadcaster.id).filter((poll) => wanted.length === 0 || wanted.includes(poll.id))
  if (wanted.length > 0 && listed.length === 0) throw new HelixError(404, 'No poll has the ID in id.')
  return {body: paginate(call, listed)}
}

const pollBody = z.object({
  broadcaster_id: z.string(),
  title: z.string().min(1).max(60),
  choices: z
    .array(z.object({title: z.string().min(1).max(25)}))
    .min(2)
    .max(5),
  duration: z.number().int().min(15).max(1800),
  channel_points_voting_enabled: z.boolean().default(false),
  channel_points_per_vote: z.number().int().min(0).max(1_000_000).default(0),
})

function createPoll(call: HelixCall): HelixReply {
  const input = parseBody(call, pollBody)
  const broadcaster = call.state.users.get(input.broadcaster_id)
  if (broadcaster === undefined) throw new HelixError(400, 'The ID in broadcaster_id is not a user.')
  const polls = listPolls(call, broadcaster.id)
  if (polls.some((poll) => poll.status === 'ACTIVE'))
    throw new HelixError(400, 'A poll is active in this channel already.')
  const poll: Poll = {
    id: randomUUID(),
    ...asBroadcasterFields(broadcaster),
    title: input.title,
    choices: input.choices.map(({title}) => ({
      id: randomUUID(),
      title,
      votes: 0,
      channel_points_votes: 0,
      bits_votes: 0,
    })),
    bits_voting_enabled: false,
    bits_per_vote: 0,
    channel_points_voting_enabled: input.channel_points_voting_enabled,
    channel_points_per_vote: input.channel_points_per_vote,
    status: 'ACTIVE',
    duration: input.duration,
    started_at: call.state.clock.nowText(),
    ended_at: null,
  }
  polls.unshift(poll)
  return {body: {data: [poll]}}
}

const pollEnd = z.object({broadcaster_id: z.string(), id: z.string(), status: z.enum(['TERMINATED', 'ARCHIVED'])})

function endPoll(call: HelixCall): HelixReply {
  const {broadcaster_id: broadcasterId, id, status} = parseBody(call, pollEnd)
  const poll = listPolls(call, broadcasterId).find((candidate) => candidate.id === id)
  if (poll === undefined) throw new HelixError(404, 'No poll has the ID in id.')
  if (poll.status === 'ACTIVE') poll.ended_at = call.state.clock.nowText()
  else if (status === 'TERMINATED') throw new HelixError(400, 'The poll is not active.')
  poll.status = status
  return {body: {data: [poll]}}
}

export const pollHandlers: Record<string, HelixHandler> = {
  'GET /polls': getPolls,
  'POST /polls': createPoll,
  'PATCH /polls': endPoll,
}
