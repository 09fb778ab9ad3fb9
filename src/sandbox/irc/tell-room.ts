import {randomUUID} from 'node:crypto'

import type {ChatSettings} from '../helix/channel-data.js'
import type {User} from '../records.js'
import type {SandboxState} from '../state.js'
import {fromServer, fromUser} from './chat-connection.js'
import {tagsOfMessage, tagsOfRoom} from './chat-tags.js'
import {noticesOfChange} from './room-notices.js'

/** A moderator's announcement, made by Helix. */
export function tellAnnouncement(
  state: SandboxState,
  {broadcaster, sender, text, color}: {broadcaster: User; sender: User; text: string; color: string},
): void {
  const tags = {
    ...tagsOfMessage(state, broadcaster, sender),
    login: sender.login,
    'msg-id': 'announcement',
    'msg-param-color': color.toUpperCase(),
    'system-msg': '',
  }
  state.chat.tellRoom(broadcaster.id, fromServer('USERNOTICE', [`#${broadcaster.login}`, text], tags))
}

/** What someone said is to be shown no more, for they are banned; without `seconds`, for good. */
export function tellBan(state: SandboxState, broadcaster: User, banned: User, seconds: number | undefined): void {
  const tags = {
    ...(seconds !== undefined && {'ban-duration': String(seconds)}),
    ...tagsOfEvent(state, broadcaster),
    'target-user-id': banned.id,
  }
  state.chat.tellRoom(broadcaster.id, fromServer('CLEARCHAT', [`#${broadcaster.login}`, banned.login], tags))
}

/** Nothing that was said is to be shown any more. */
export function tellCleared(state: SandboxState, broadcaster: User): void {
  const message = fromServer('CLEARCHAT', [`#${broadcaster.login}`], tagsOfEvent(state, broadcaster))
  state.chat.tellRoom(broadcaster.id, message)
}

/** One message is to be shown no more. */
export function tellDeleted(
  state: SandboxState,
  broadcaster: User,
  {id, login, text}: {id: string; login: string; text: string},
): void {
  const tags = {login, ...tagsOfEvent(state, broadcaster), 'target-msg-id': id}
  state.chat.tellRoom(broadcaster.id, fromServer('CLEARMSG', [`#${broadcaster.login}`, text], tags))
}

/** The rules of the room that changed, and no others (facts 6.5), for programs and in words. */
export function tellSettings(state: SandboxState, broadcaster: User, before: ChatSettings, after: ChatSettings): void {
  const old = tagsOfRoom(before)
  const changed = Object.entries(tagsOfRoom(after)).filter(([name, value]) => old[name] !== value)
  if (changed.length === 0) return
  const tags = {...Object.fromEntries(changed), 'room-id': broadcaster.id}
  const room = `#${broadcaster.login}`
  state.chat.tellRoom(broadcaster.id, fromServer('ROOMSTATE', [room], tags))
  for (const [id, text] of noticesOfChange(before, after)) {
    state.chat.tellRoom(broadcaster.id, fromServer('NOTICE', [room, text], {'msg-id': id}))
  }
}

/** To the addressee's connections alone, whatever rooms they are in. */
export function tellWhisper(state: SandboxState, from: User, to: User, text: string): void {
  const tags = {
    badges: '',
    color: state.channels.colors.get(from.id) ?? '',
    'display-name': from.displayName,
    emotes: '',
    'message-id': randomUUID(),
    'thread-id': [from.id, to.id].sort((one, other) => Number(one) - Number(other)).join('_'),
    turbo: '0',
    'user-id': from.id,
    'user-type': '',
  }
  for (const connection of state.chat.list()) {
    const {speaker} = connection
    if (speaker?.user?.id === to.id && speaker.mayRead)
      connection.send(fromUser(from, 'WHISPER', [to.login, text], tags))
  }
}

const tagsOfEvent = (state: SandboxState, broadcaster: User) => ({
  'room-id': broadcaster.id,
  'tmi-sent-ts': String(state.clock.now()),
})
