import {SECOND_MS, type EpochMs} from '../../model/time.js'
import type {Ban} from '../helix/channel-data.js'
import {findBan} from '../helix/moderation.js'
import type {User} from '../records.js'
import type {SandboxState} from '../state.js'
import {fromServer, SERVER, type ChatConnection, type Speaker} from './chat-connection.js'
import {tagsOfUserState} from './chat-tags.js'
import {parseIrcMessage, type IrcMessage} from './irc-message.js'
import {negotiate, register} from './register-client.js'
import {sayMessage} from './say-message.js'
import {findRoom, joinRoom, partRoom, sendNotice} from './visit-rooms.js'

const MAX_MESSAGE_CHARACTERS = 500
/** What is understood and needs no answer. */
const SILENT = new Set(['PONG', 'USER', 'PASS', 'NICK'])

/** Does what a client says on one line. What is not IRC at all is not answered. */
export function handleLine(state: SandboxState, connection: ChatConnection, line: string): void {
  const message = connection.isOver ? undefined : parseIrcMessage(line)
  if (message === undefined) return
  const {command, params} = message
  switch (command) {
    case 'CAP':
      negotiate(connection, params)
      return
    case 'PING':
      connection.sendAlways(fromServer('PONG', [SERVER, params[0] ?? '']))
      return
    case 'QUIT':
      connection.close()
      return
  }
  if (connection.speaker) obey(state, connection, connection.speaker, message)
  else if (command === 'PASS') connection.pass = params[0] ?? ''
  else if (command === 'NICK') register(state, connection, params[0] ?? '')
}

function obey(
  state: SandboxState,
  connection: ChatConnection,
  speaker: Speaker,
  {command, params, tags}: IrcMessage,
): void {
  const [first = ''] = params
  switch (command) {
    case 'JOIN':
      for (const name of first.split(',')) joinRoom(state, connection, speaker, name)
      return
    case 'PART':
      for (const name of first.split(',')) partRoom(state, connection, speaker, name)
      return
    case 'PRIVMSG':
      speak(state, connection, speaker, {room: first, text: params[1] ?? '', tags})
      return
    default:
      if (!SILENT.has(command)) {
        connection.sendAlways(fromServer('421', [speaker.nick, command, 'Unknown command']))
      }
  }
}

/** `PRIVMSG`: heard by the others in the room, and confirmed by a `USERSTATE` with the id of the message. */
function speak(
  state: SandboxState,
  connection: ChatConnection,
  {user, mayWrite}: Speaker,
  {room, text, tags}: {room: string; text: string; tags: ReadonlyMap<string, string>},
): void {
  const broadcaster = findRoom(state, room)
  if (user === undefined || broadcaster === undefined || text === '') return
  const tell = (id: string, why: string) => {
    sendNotice(connection, `#${broadcaster.login}`, id, why)
  }
  const channel = state.channels.of(broadcaster.id)
  if (!mayWrite) {
    tell('no_permission', "You don't have permission to perform that action.")
    return
  }
  const ban = findBan(state, channel, user.id)
  if (ban) {
    tell(...explainBan(ban, broadcaster, state.clock.now()))
    return
  }
  const said = readText(text)
  if (said === undefined) {
    tell('unrecognized_cmd', `Unrecognized command: ${text.split(' ')[0] ?? ''}`)
    return
  }
  // Twitch may drop it without a word; whoever develops here is better told.
  if (Array.from(text).length > MAX_MESSAGE_CHARACTERS) {
    tell('msg_rejected', `Your message has more than ${String(MAX_MESSAGE_CHARACTERS)} characters.`)
    return
  }
  const nonce = tags.get('client-nonce')
  const replyTo = tags.get('reply-parent-msg-id')
  const outcome = sayMessage(state, {broadcaster, sender: user, text: said, nonce, replyTo, from: connection})
  if ('drop' in outcome) {
    tell(outcome.drop.code, outcome.drop.message)
    return
  }
  const confirmed = {...tagsOfUserState(state, broadcaster, user), id: outcome.id}
  const echo = nonce === undefined ? {} : {'client-nonce': nonce}
  connection.send(fromServer('USERSTATE', [`#${broadcaster.login}`], {...confirmed, ...echo}))
}

function explainBan({endsAt}: Ban, {login}: User, now: EpochMs): [id: string, why: string] {
  if (endsAt === null) return ['msg_banned', `You are banned from talking in ${login}.`]
  const seconds = String(Math.ceil((endsAt - now) / SECOND_MS))
  return ['msg_timedout', `You are timed out for ${seconds} more seconds.`]
}

/** `/me` is an action; no other command is left on IRC (facts 6.4). */
function readText(text: string): string | undefined {
  const action = /^\/me +(.+)$/su.exec(text)?.[1]
  if (action !== undefined) return `\u0001ACTION ${action}\u0001`
  return text.startsWith('/') ? undefined : text
}
