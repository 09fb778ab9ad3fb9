import {findLiveToken} from '../oauth/end-tokens.js'
import {shortHash} from '../random-text.js'
import type {SandboxState} from '../state.js'
import {CAPABILITIES, fromServer, type Capability, type ChatConnection, type Speaker} from './chat-connection.js'
import {tagsOfGlobalUserState} from './chat-tags.js'

const isCapability = (name: string): name is Capability => CAPABILITIES.some((known) => known === name)

/** `CAP`: before or after the login. One unknown name and none of them is given (facts 6.1). */
export function negotiate(connection: ChatConnection, [subcommand = '', list = '']: readonly string[]): void {
  const answer = (word: string, text: string) => {
    connection.sendAlways(fromServer('CAP', ['*', word, text]))
  }
  switch (subcommand.toUpperCase()) {
    case 'LS':
      answer('LS', CAPABILITIES.join(' '))
      return
    case 'REQ': {
      const names = list.split(' ').filter((name) => name !== '')
      if (!names.every(isCapability)) {
        answer('NAK', list)
        return
      }
      for (const name of names) connection.capabilities.add(name)
      answer('ACK', list)
    }
  }
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
