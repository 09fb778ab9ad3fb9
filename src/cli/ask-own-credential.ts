import {BehalfError} from '../model/behalf-error.js'
import type {StaticCredential} from '../model/credential.js'
import {Secret} from '../model/secret.js'
import {askOrReadSecret, readInput} from './read-input.js'
import type {Talk} from './talk.js'

const LIMIT_BYTES = 64 * 1024

interface Asked {
  provider: string
  kind: StaticCredential['kind']
  /** The user name, where a flag gives it. */
  username?: string | undefined
}

/**
 * The credential that someone hands in whole: from stdin, or typed without being shown.
 * @throws BehalfError `usage` when there is none, `invalid-input`.
 */
export async function askOwnCredential(talk: Talk, {provider, kind, username}: Asked): Promise<StaticCredential> {
  const {surroundings, signal} = talk
  const issuedAt = surroundings.now()
  if (kind === 'api-key') {
    const key = await askOrReadSecret(surroundings, `API key at ${provider}:`, signal, 'API key')
    return {kind, key, issuedAt}
  }
  const basic = surroundings.stdinIsTerminal
    ? await askBasic(talk, provider, username)
    : await readBasic(talk, username)
  return {kind, ...basic, issuedAt}
}

interface Basic {
  username: string
  password: Secret
}

async function askBasic({surroundings, signal}: Talk, provider: string, given: string | undefined): Promise<Basic> {
  if (!surroundings.interactive) throw nothingGiven()
  const check = (answer: string) =>
    /^[^:\s]+$/.test(answer.trim()) ? undefined : 'A user name is one word, without a colon.'
  const {prompts} = surroundings
  const username = given ?? (await prompts.askText(`User name at ${provider}:`, {signal, check})).trim()
  const password = await prompts.askSecret(`Password or token of ${username}:`, {signal})
  if (!password) throw nothingGiven()
  return {username, password}
}

/** `user:password`, or the password alone where a flag gives the user. Neither is cut at its ends: a space may belong to it. */
async function readBasic({surroundings}: Talk, given: string | undefined): Promise<Basic> {
  const text = await readInput(surroundings, {flag: 'stdin', source: '-', limitBytes: LIMIT_BYTES})
  const line = text.replace(/\r?\n$/, '')
  if (line === '') throw nothingGiven()
  if (given !== undefined) return {username: given, password: new Secret(line)}
  const colon = line.indexOf(':')
  if (colon < 1) {
    throw new BehalfError('invalid-input', 'stdin: that is not USER:PASSWORD.', {
      hint: 'Put both into one line, or name the user with --username and pipe in the password alone.',
    })
  }
  return {username: line.slice(0, colon), password: new Secret(line.slice(colon + 1))}
}

const nothingGiven = (): BehalfError =>
  new BehalfError('usage', 'There is no password: none was typed, and nothing is piped into stdin.', {
    hint: 'Pipe it in as USER:PASSWORD: … < FILE',
  })
