import {z} from 'zod'

import {coversScope} from '../../helix/endpoint-scopes.js'
import {formatTime} from '../sandbox-clock.js'
import {findGame} from './games.js'
import {
  asBroadcasterFields,
  asUserFields,
  describePerson,
  parseBody,
  queryValue,
  queryValues,
  requireChannel,
  requireValue,
  type HelixCall,
  type HelixHandler,
  type HelixReply,
} from './helix-call.js'
import {HelixError} from './helix-error.js'
import {paginate} from './paginate.js'

function getChannels(call: HelixCall): HelixReply {
  const data = queryValues(call, 'broadcaster_id').flatMap((id) => {
    const user = call.state.users.get(id)
    if (user === undefined) return []
    const channel = call.state.channels.of(id)
    return [
      {
        ...asBroadcasterFields(user),
        broadcaster_language: channel.language,
        game_id: channel.gameId,
        game_name: findGame(channel.gameId)?.name ?? '',
        title: channel.title,
        // Only the broadcaster sees the delay.
        delay: call.user?.id === id ? channel.delay : 0,
        tags: channel.tags,
        content_classification_labels: channel.labels,
        is_branded_content: channel.branded,
      },
    ]
  })
  return {body: {data}}
}

const channelChange = z.object({
  game_id: z.string().optional(),
  broadcaster_language: z.string().max(10).optional(),
  title: z.string().min(1).max(140).optional(),
  delay: z.number().int().min(0).max(900).optional(),
  tags: z.array(z.string().min(1).max(25).regex(/^\S+$/)).max(10).optional(),
  content_classification_labels: z.array(z.object({id: z.string(), is_enabled: z.boolean()})).optional(),
  is_branded_content: z.boolean().optional(),
})

function updateChannel(call: HelixCall): HelixReply {
  const change = parseBody(call, channelChange)
  if (Object.keys(change).length === 0) throw new HelixError(400, 'The request must specify at least one parameter.')
  const {channel, broadcaster} = requireChannel(call)
  if (change.delay !== undefined && broadcaster.broadcasterType !== 'partner') {
    throw new HelixError(400, 'Only partners may set a delay.')
  }
  const labels = new Set(channel.labels)
  for (const {id, is_enabled: isEnabled} of change.content_classification_labels ?? []) {
    if (isEnabled) labels.add(id)
    else labels.delete(id)
  }
  channel.gameId = change.game_id === '0' ? '' : (change.game_id ?? channel.gameId)
  channel.language = change.broadcaster_language ?? channel.language
  channel.title = change.title ?? channel.title
  channel.delay = change.delay ?? channel.delay
  channel.tags = change.tags ?? channel.tags
  channel.labels = [...labels]
  channel.branded = change.is_branded_content ?? channel.branded
  return {}
}

/** Without the scope or the moderator's right only the total is told (facts 3.6). */
function getFollowers(call: HelixCall): HelixReply {
  const broadcasterId = requireValue(call, 'broadcaster_id')
  const followers = [...call.state.channels.of(broadcasterId).followers.values()]
  const total = followers.length
  const mayList =
    call.user !== undefined &&
    coversScope(call.token?.scopes ?? [], 'moderator:read:followers') &&
    call.state.channels.isModerator(broadcasterId, call.user.id)
  if (!mayList) return {body: {data: [], pagination: {}, total}}
  const wanted = queryValue(call, 'user_id')
  const listed = followers
    .filter(({person}) => wanted === undefined || person.id === wanted)
    .map(({person, at}) => ({followed_at: formatTime(at), ...asUserFields(person)}))
  return {body: {...paginate(call, listed), total}}
}

function getFollowed(call: HelixCall): HelixReply {
  const wanted = queryValue(call, 'broadcaster_id')
  const follows = call.state.channels.followedBy(requireValue(call, 'user_id'))
  const listed = follows
    .filter(({broadcasterId}) => wanted === undefined || broadcasterId === wanted)
    .map(({broadcasterId, at}) => ({
      ...asBroadcasterFields(describePerson(call.state, broadcasterId)),
      followed_at: formatTime(at),
    }))
  return {body: {...paginate(call, listed), total: follows.length}}
}

export const channelHandlers: Record<string, HelixHandler> = {
  'GET /channels': getChannels,
  'PATCH /channels': updateChannel,
  'GET /channels/followers': getFollowers,
  'GET /channels/followed': getFollowed,
}
