import {connect as connectPlain, isIP, type Socket} from 'node:net'
import {connect as connectTls} from 'node:tls'

import {BehalfError} from '../../model/behalf-error.js'
import type {Secret} from '../../model/secret.js'
import type {UpstreamPlace} from '../daemon-deps.js'
import {parseLine} from './irc-line.js'
import {LineSplitter} from './line-splitter.js'

/** Longer than any line of Twitch, tags and all. */
const MAX_LINE_BYTES = 32 * 1024
/** All that a server may say before it lets anyone in. */
const MAX_PREAMBLE_LINES = 200
/** Twitch's ways to say no (facts of Twitch 6.2). */
const LOGIN_FAILURE = /Login authentication failed|Login unsuccessful|Error logging in|Improperly formatted auth/i

export interface UpstreamLimits {
  /** For the name, the connection and TLS. */
  connectMs: number
  /** From then until the server's welcome. */
  loginMs: number
}

/** A connection to the chat server that has been let in. */
export interface ChatUpstream {
  /** Paused. */
  socket: Socket
  /** What of the next line has come already is in it. */
  splitter: LineSplitter
  /** From the welcome on. */
  first: Buffer[]
  /** Whether the account's token stands in what came from there, which no client may see. */
  holdsToken(text: Buffer): boolean
  /** Capabilities that it does not have. */
  refused: string[]
}

export interface UpstreamLoginInput {
  login: string
  token: Secret
  capabilities: readonly string[]
  limits: UpstreamLimits
  /** Who may have signed its certificate, in PEM; default: those whom Node trusts. */
  ca?: string
  signal: AbortSignal
}

/**
 * Connects to the chat server and logs in (facts of Twitch 6.1).
 * @returns undefined when it refuses the token.
 * @throws BehalfError `unavailable` when it cannot be reached, or does not answer in time.
 */
export async function logInUpstream(
  place: UpstreamPlace,
  input: UpstreamLoginInput,
): Promise<ChatUpstream | undefined> {
  const socket = place.isPlain
    ? connectPlain(place)
    : connectTls({
        ...place,
        minVersion: 'TLSv1.2',
        ...(isIP(place.host) === 0 && {servername: place.host}),
        ...(input.ca !== undefined && {ca: input.ca}),
      })
  const give = (why: string) => (): void => void socket.destroy(new Error(why))
  const abort = give('nobody waits for it any more')
  input.signal.addEventListener('abort', abort, {once: true})
  let timer = setTimeout(give('it did not answer'), input.limits.connectMs)
  try {
    if (input.signal.aborted) abort()
    await waitUntilOpen(socket, place)
    clearTimeout(timer)
    timer = setTimeout(give('it did not let anyone in'), input.limits.loginMs)
    socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_MS)
    return await introduce(socket, input)
  } catch (error) {
    socket.destroy()
    const why = error instanceof Error ? error.message : String(error)
    throw new BehalfError(
      'unavailable',
      `The chat server ${place.host}:${String(place.port)} is not to be had: ${why}.`,
      {
        cause: error,
      },
    )
  } finally {
    clearTimeout(timer)
    input.signal.removeEventListener('abort', abort)
  }
}

const KEEP_ALIVE_MS = 60_000

const waitUntilOpen = (socket: Socket, {isPlain}: UpstreamPlace): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.once(isPlain ? 'connect' : 'secureConnect', resolve)
    socket.once('error', reject)
  })

/** Says who it is, and reads until the server has decided. */
function introduce(socket: Socket, input: UpstreamLoginInput): Promise<ChatUpstream | undefined> {
  const token = Buffer.from(input.token.reveal())
  const splitter = new LineSplitter(MAX_LINE_BYTES)
  const refused: string[] = []
  let lines = 0
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      stop()
      reject(error)
    }
    const end = (): void => fail(new Error('it closed the connection'))
    const stop = (): void => {
      socket.pause()
      socket.off('data', read).off('error', fail).off('close', end)
    }
    const read = (piece: Buffer): void => {
      const whole = splitter.split(piece)
      lines += whole?.length ?? Infinity
      for (const [at, line] of whole?.entries() ?? []) {
        const {command, params} = parseLine(line) ?? {command: '', params: []}
        if (command === '001') {
          stop()
          resolve({
            socket,
            splitter,
            first: whole?.slice(at) ?? [],
            holdsToken: (text) => text.includes(token),
            refused,
          })
          return
        }
        if (command === '464' || (command === 'NOTICE' && LOGIN_FAILURE.test(params.at(-1) ?? ''))) {
          stop()
          socket.destroy()
          resolve(undefined)
          return
        }
        if (command === 'PING') socket.write(`PONG :${params.at(-1) ?? ''}\r\n`)
        if (command === 'CAP' && params[1]?.toUpperCase() === 'NAK')
          // Names that we asked for, once: whatever else it says here could be the token.
          refused.push(...keepAsked((params.at(-1) ?? '').split(' '), input.capabilities, refused))
        // Nick in use, or malformed, or banned: nothing that another token would change.
        if (command === 'ERROR' || /^4[36]\d$/.test(command)) {
          fail(new Error(`it answered ${command}`))
          return
        }
      }
      if (lines > MAX_PREAMBLE_LINES) fail(new Error('it says too much before it lets anyone in'))
    }
    socket.on('data', read).on('error', fail).on('close', end)
    socket.write(introductionOf(input))
  })
}

const keepAsked = (named: readonly string[], asked: readonly string[], known: readonly string[]): string[] =>
  asked.filter((name) => named.includes(name) && !known.includes(name))

/** Twitch needs no USER and no end of the negotiation, and takes them, as it does from every IRC client. */
function introductionOf({login, token, capabilities}: UpstreamLoginInput): string {
  const negotiation = capabilities.length > 0 ? [`CAP REQ :${capabilities.join(' ')}`] : []
  const end = capabilities.length > 0 ? ['CAP END'] : []
  return [
    ...negotiation,
    `PASS oauth:${token.reveal()}`,
    `NICK ${login}`,
    `USER ${login} 8 * :${login}`,
    ...end,
    '',
  ].join('\r\n')
}
