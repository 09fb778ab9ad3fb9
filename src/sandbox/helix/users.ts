import {coversScope} from '../../helix/endpoint-scopes.js'
import type {User} from '../records.js'
import {formatTime} from '../sandbox-clock.js'
import {describePerson, queryValue, queryValues, requireUser, requireValue, asUserFields} from './helix-call.js'
import type {HelixCall, HelixHandler, HelixReply} from './helix-call.js'
import {HelixError} from './helix-error.js'
import {paginate} from './paginate.js'

/** Ids and logins together. */
const MAX_USERS = 100

function getUsers(call: HelixCall): HelixReply {
  const ids = queryValues(call, 'id')
  const logins = queryValues(call, 'login')
  if (ids.length + logins.length > MAX_USERS) throw new HelixError(400, 'Malformed query params.')
  if (ids.length + logins.length === 0) {
    if (call.user === undefined) throw new HelixError(400, 'Must provide an ID, Login or OAuth Token')
    return {body: {data: [describeUser(call, call.user)]}}
  }
  const found = [
    ...ids.map((id) => call.state.users.get(id)),
    ...logins.map((login) => call.state.findUserByLogin(login)),
  ].filter((user) => user !== undefined)
  return {body: {data: [...new Set(found)].map((user) => describeUser(call, user))}}
}

function updateUser(call: HelixCall): HelixReply {
  const user = requireUser(call)
  const description = call.query.get('description')
  if (description !== null && description.length > 300) {
    throw new HelixError(
      400,
      'The parameter "description" was malformed: the value must be at most 300 characters long',
    )
  }
  user.description = description ?? user.description
  return {body: {data: [describeUser(call, user)]}}
}

/** The e-mail is for the token's own user alone. */
function describeUser(call: HelixCall, user: User) {
  const maySeeEmail = call.user?.id === user.id && coversScope(call.token?.scopes ?? [], 'user:read:email')
  return {
    id: user.id,
    login: user.login,
    display_name: user.displayName,
    type: '',
    broadcaster_type: user.broadcasterType,
    description: user.description,
    profile_image_url: `${call.state.origin}/images/${user.id}.png`,
    offline_image_url: '',
    view_count: 0,
    ...(maySeeEmail && {email: user.email}),
    created_at: formatTime(user.createdAt),
  }
}

function getAuthorizedUsers(call: HelixCall): HelixReply {
  const ids = queryValues(call, 'user_id')
  if (ids.length > 10) throw new HelixError(400, 'Malformed query params.')
  const data = ids.flatMap((id) => {
    const grant = call.state.findGrant(call.token?.clientId ?? '', id)
    return grant ? [{...asUserFields(describePerson(call.state, id)), scopes: [...grant.scopes].sort()}] : []
  })
  return {body: {data}}
}

function getBlocks(call: HelixCall): HelixReply {
  const {blocked} = call.state.channels.of(requireUser(call).id)
  const data = [...blocked].map((id) => {
    const {login, displayName} = describePerson(call.state, id)
    return {user_id: id, user_login: login, display_name: displayName}
  })
  return {body: paginate(call, data)}
}

function blockUser(call: HelixCall): HelixReply {
  const user = requireUser(call)
  const target = requireValue(call, 'target_user_id')
  if (target === user.id)
    throw new HelixError(400, 'The ID in target_user_id cannot be the same as the user ID in the token.')
  call.state.channels.of(user.id).blocked.add(target)
  return {}
}

function unblockUser(call: HelixCall): HelixReply {
  call.state.channels.of(requireUser(call).id).blocked.delete(requireValue(call, 'target_user_id'))
  return {}
}

function getColors(call: HelixCall): HelixReply {
  const data = queryValues(call, 'user_id').flatMap((id) => {
    if (!call.state.users.has(id)) return []
    return [{...asUserFields(describePerson(call.state, id)), color: call.state.channels.colors.get(id) ?? ''}]
  })
  return {body: {data}}
}

const COLORS = new Set([
  'blue',
  'blue_violet',
  'cadet_blue',
  'chocolate',
  'coral',
  'dodger_blue',
  'firebrick',
  'golden_rod',
  'green',
  'hot_pink',
  'orange_red',
  'red',
  'sea_green',
  'spring_green',
  'yellow_green',
])

function setColor(call: HelixCall): HelixReply {
  const color = requireValue(call, 'color')
  if (!COLORS.has(color) && !/^#[0-9a-f]{6}$/i.test(color)) {
    throw new HelixError(400, 'The parameter "color" was malformed: the value must be a named or hex colour')
  }
  call.state.channels.colors.set(requireValue(call, 'user_id'), color)
  return {}
}

function getExtensions(call: HelixCall): HelixReply {
  if (call.user === undefined && queryValue(call, 'user_id') === undefined) {
    throw new HelixError(400, 'Missing required parameter "user_id"')
  }
  return {body: {data: {panel: {}, overlay: {}, component: {}}}}
}

export const userHandlers: Record<string, HelixHandler> = {
  'GET /users': getUsers,
  'PUT /users': updateUser,
  'GET /authorization/users': getAuthorizedUsers,
  'GET /users/blocks': getBlocks,
  'PUT /users/blocks': blockUser,
  'DELETE /users/blocks': unblockUser,
  'GET /users/extensions': getExtensions,
  'GET /chat/color': getColors,
  'PUT /chat/color': setColor,
}
