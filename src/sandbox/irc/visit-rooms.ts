import {findBan} from '../helix/moderation.js'
import type {User} from '../records.js'
import type {SandboxState} from '../state.js'
import {fromServer, fromUser, SERVER, type ChatConnection, type Speaker} from './chat-connection.js'
import {FOREIGN_ROOMS} from './chat-limits.js'
import {tagsOfRoom, tagsOfUserState} from './chat-tags.js'

/** The broadcaster whose room `#login` is. */
export const findRoom = (state: SandboxState, name: string): User | undefined =>
  name.startsWith('#') ? state.findUserByLogin(name.slice(1)) : undefined

/** `JOIN #one`: own JOIN, names, the room's rules, and who one is there; or why not (facts 6.4). */
export function joinRoom(state: SandboxState, connection: ChatConnection, speaker: Speaker, name: string): void {
  const broadcaster = findRoom(state, name)
  const room = name.toLowerCase()
  if (broadcaster === undefined) {
    sendNotice(connection, room, 'msg_channel_suspended', 'This channel does not exist or has been suspended.')
    return
  }
  const {nick, user} = speaker
  const channel = state.channels.of(broadcaster.id)
  // Who is timed out may still read.
  if (user && findBan(state, channel, user.id)?.endsAt === null) {
    sendNotice(connection, room, 'msg_banned', `You are banned from talking in ${broadcaster.login}.`)
    return
  }
  if (connection.rooms.has(broadcaster.id)) return
  if (user && state.settings.chatLimits && !mayJoin(state, broadcaster, user)) return
  const wasThere = isIn(state, broadcaster, user)
  connection.rooms.add(broadcaster.id)

  connection.send(fromUser({login: nick}, 'JOIN', [room]))
  if (user && !wasThere) tellMembers(state, broadcaster, fromUser(user, 'JOIN', [room]), connection)
  if (connection.capabilities.has('twitch.tv/membership')) sendNames(state, connection, broadcaster, nick)
  connection.send(fromServer('ROOMSTATE', [room], {...tagsOfRoom(channel.chat), 'room-id': broadcaster.id}))
  if (user) connection.send(fromServer('USERSTATE', [room], tagsOfUserState(state, broadcaster, user)))
}

/** Rooms where one is known do not count, nor are they refused (facts 6.7). */
function mayJoin(state: SandboxState, broadcaster: User, user: User): boolean {
  if (!state.chatLimits.takeJoin(user.id, state.clock.now())) return false
  const isForeign = (id: string) => !state.channels.isModerator(id, user.id) && !hasInvited(state, id)
  if (!isForeign(broadcaster.id)) return true
  const own = state.chat.list().filter(({speaker}) => speaker?.user?.id === user.id)
  const joined = new Set(own.flatMap(({rooms}) => [...rooms]).filter(isForeign))
  return joined.has(broadcaster.id) || joined.size < FOREIGN_ROOMS
}

/** Whether the broadcaster has granted `channel:bot`, to whichever client. */
const hasInvited = (state: SandboxState, broadcasterId: string): boolean =>
  [...state.grants.values()].some(({userId, scopes}) => userId === broadcasterId && scopes.has('channel:bot'))

/** `PART #one`. */
export function partRoom(state: SandboxState, connection: ChatConnection, speaker: Speaker, name: string): void {
  const broadcaster = findRoom(state, name)
  if (broadcaster === undefined || !connection.rooms.has(broadcaster.id)) return
  connection.send(fromUser({login: speaker.nick}, 'PART', [`#${broadcaster.login}`]))
  leave(state, connection, broadcaster)
}

/** Takes a connection that ended out of its rooms. */
export function leaveRooms(state: SandboxState, connection: ChatConnection): void {
  for (const id of [...connection.rooms]) {
    const broadcaster = state.users.get(id)
    if (broadcaster) leave(state, connection, broadcaster)
  }
}

/** A `NOTICE` to one client, with its id. */
export function sendNotice(connection: ChatConnection, room: string, id: string, text: string): void {
  connection.send(fromServer('NOTICE', [room, text], {'msg-id': id}))
}

/** Others hear of it when the last of a user's connections has left. */
function leave(state: SandboxState, connection: ChatConnection, broadcaster: User): void {
  connection.rooms.delete(broadcaster.id)
  const user = connection.speaker?.user
  if (user === undefined || isIn(state, broadcaster, user)) return
  tellMembers(state, broadcaster, fromUser(user, 'PART', [`#${broadcaster.login}`]), connection)
}

const isIn = (state: SandboxState, broadcaster: User, user: User | undefined): boolean =>
  state.chat.list().some(({rooms, speaker}) => rooms.has(broadcaster.id) && speaker?.user?.id === user?.id)

function tellMembers(
  state: SandboxState,
  broadcaster: User,
  message: ReturnType<typeof fromUser>,
  except: ChatConnection,
): void {
  for (const other of state.chat.inRoom(broadcaster.id)) {
    if (other !== except && other.capabilities.has('twitch.tv/membership')) other.send(message)
  }
}

function sendNames(state: SandboxState, connection: ChatConnection, broadcaster: User, nick: string): void {
  const here = state.chat.list().filter(({rooms}) => rooms.has(broadcaster.id))
  const names = new Set([nick, ...here.flatMap(({speaker}) => speaker?.user?.login ?? [])])
  const fromHost = (command: string, params: string[]) => {
    connection.send({...fromServer(command, params), prefix: `${nick}.${SERVER}`})
  }
  fromHost('353', [nick, '=', `#${broadcaster.login}`, [...names].join(' ')])
  fromHost('366', [nick, `#${broadcaster.login}`, 'End of /NAMES list'])
}
