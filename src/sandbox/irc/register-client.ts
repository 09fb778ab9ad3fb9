import {findLiveToken} from '../oauth/end-tokens.js'
import {shortHash} from '../random-text.js'
import type {SandboxState} from '../state.js'
import {CAPABILITIES, fromServer, type Capability, type ChatConnection, type Speaker} from './chat-connection.js'
import {tagsOfGlobalUserState} from './chat-tags.js'

const isCapability = (name: string): name is Capability => CAPABILITIES.some((known) => known === name)

/** `CAP`: before or after the login. One unknown name and none of them is given (facts 6.1); `-` gives one back. */
export function negotiate(connection: ChatConnection, [subcommand = '', ...list]: readonly string[]): void {
  const answer = (word: string, names: readonly string[]) => {
    connection.sendAlways(fromServer('CAP', ['*', word, names.join(' ')]))
  }
  switch (subcommand.toUpperCase()) {
    case 'LS':
      answer('LS', CAPABILITIES)
      return
    case 'LIST':
      answer('LIST', [...connection.capabilities])
      return
    case 'REQ': {
      const names = list.flatMap((text) => text.split(' ')).filter((name) => name !== '')
      const isKnown = names.every((name) => isCapability(name.replace(/^-/, '')))
      if (isKnown) for (const name of names) change(connection.capabilities, name)
      answer(isKnown ? 'ACK' : 'NAK', names)
    }
  }
}

function change(capabilities: Set<Capability>, name: string): void {
  const bare = name.replace(/^-/, '')
  if (!isCapability(bare)) return
  if (bare === name) capabilities.add(bare)
  else capabilities.delete(bare)
}

/** `NICK`: the login itself. What counts is the token's user, not the name (facts 6.1). */
export function register(state: SandboxState, connection: ChatConnection, nick: string): void {
  const {pass} = connection
  connection.pass = undefined
  if (/^justinfan\d+$/i.test(nick)) {
    welcome(connection, {nick: nick.toLowerCase(), user: undefined, mayRead: true, mayWrite: false})
    return
  }
  if (pass?.startsWith('oauth:') !== true) {
    connection.refuse('Improperly formatted auth')
    return
  }
  if (!/^[a-z0-9_]{1,50}$/i.test(nick)) {
    connection.refuse('Invalid NICK')
    return
  }
  const speaker = findSpeaker(state, pass.slice('oauth:'.length))
  const who = speaker?.nick ?? nick.toLowerCase()
  if (state.settings.chatLimits && !state.chatLimits.takeLogin(who, state.clock.now())) {
    // What Twitch says then is in no source.
    connection.close()
    return
  }
  if (speaker === undefined) {
    connection.refuse('Login authentication failed')
    return
  }
  welcome(connection, speaker)
  if (speaker.user) {
    connection.send(fromServer('GLOBALUSERSTATE', [], tagsOfGlobalUserState(state, speaker.user)))
  }
}

/** App tokens have no user, and do not work; nor does a token without any of the chat's scopes. */
function findSpeaker(state: SandboxState, value: string): Speaker | undefined {
  const token = findLiveToken(state, value)
  const user = state.users.get(token?.userId ?? '')
  if (token === undefined || user === undefined) return undefined
  const mayRead = token.scopes.includes('chat:read')
  const mayWrite = token.scopes.includes('chat:edit')
  if (!mayRead && !mayWrite) return undefined
  return {nick: user.login, user, mayRead, mayWrite, tokenHash: shortHash(value)}
}

function welcome(connection: ChatConnection, speaker: Speaker): void {
  connection.speaker = speaker
  for (const [number, text] of WELCOME) connection.sendAlways(fromServer(number, [speaker.nick, text]))
}

const WELCOME = [
  ['001', 'Welcome, GLHF!'],
  ['002', 'Your host is tmi.twitch.tv'],
  ['003', 'This server is rather new'],
  ['004', '-'],
  ['375', '-'],
  ['372', 'You are in a maze of twisty passages, all alike.'],
  ['376', '>'],
] as const
