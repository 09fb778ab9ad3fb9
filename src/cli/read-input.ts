import {open} from 'node:fs/promises'
import type {Readable} from 'node:stream'

import {BehalfError} from '../model/behalf-error.js'
import {Secret} from '../model/secret.js'
import type {Surroundings} from './surroundings.js'

const SECRET_LIMIT_BYTES = 64 * 1024
const LINE_LIMIT_BYTES = 64 * 1024

/** What a flag calls for: `-` is stdin, all else a file. */
export interface InputRequest {
  /** The flag, for messages. */
  flag: string
  source: string
  limitBytes: number
}

/**
 * Reads all of a file or of stdin as UTF-8.
 * @throws BehalfError `invalid-input`: not there, not readable, too large, not UTF-8; `usage`: stdin is a terminal.
 */
export async function readInput(surroundings: Surroundings, request: InputRequest): Promise<string> {
  return decode(await readInputBytes(surroundings, request), request.flag)
}

/** The same, as it is. */
export async function readInputBytes(surroundings: Surroundings, request: InputRequest): Promise<Buffer> {
  const {flag, source, limitBytes} = request
  if (source !== '-') return readFileBytes(request)
  if (surroundings.stdinIsTerminal) {
    throw new BehalfError('usage', `${flag} - reads from stdin, and nothing is piped into it.`, {
      hint: 'Pipe it in, or name a file.',
    })
  }
  return collect(surroundings.stdin, limitBytes, flag)
}

/**
 * A secret from a person, or from stdin where nobody can be asked.
 * @param what What it is, for messages.
 * @throws BehalfError `usage` when there is none.
 */
export async function askOrReadSecret(
  surroundings: Surroundings,
  question: string,
  signal: AbortSignal,
  what = 'token',
): Promise<Secret> {
  if (!surroundings.stdinIsTerminal) return readSecret(surroundings, 'stdin', '-')
  const secret = surroundings.interactive ? await surroundings.prompts.askSecret(question, {signal}) : undefined
  if (secret) return secret
  throw new BehalfError('usage', `There is no ${what}: none was typed, and nothing is piped into stdin.`, {
    hint: 'Pipe it in: … < FILE',
  })
}

/** A secret from a file or stdin, without the line break behind it. */
export async function readSecret(surroundings: Surroundings, flag: string, source: string): Promise<Secret> {
  const text = (await readInput(surroundings, {flag, source, limitBytes: SECRET_LIMIT_BYTES})).trim()
  if (text === '') {
    throw new BehalfError('invalid-input', `${flag}: there is nothing in ${source === '-' ? 'stdin' : source}.`)
  }
  if (/\s/.test(text)) {
    throw new BehalfError('invalid-input', `${flag}: a secret is one word; there is more in it.`, {
      hint: 'Put the secret alone into the file.',
    })
  }
  return new Secret(text)
}

/** The first line of stdin; undefined when it ends before one came. */
export async function readLine(
  surroundings: Surroundings,
  flag: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const bytes = await collect(surroundings.stdin, LINE_LIMIT_BYTES, flag, {signal, untilLineBreak: true})
  const [line = ''] = decode(bytes, flag).split(/\r?\n/, 1)
  return line.trim() === '' ? undefined : line.trim()
}

async function readFileBytes({flag, source, limitBytes}: InputRequest): Promise<Buffer> {
  try {
    const file = await open(source, 'r')
    try {
      return await collect(file.createReadStream({end: limitBytes}), limitBytes, flag)
    } finally {
      await file.close()
    }
  } catch (error) {
    throw explainUnreadable(error, {flag, source})
  }
}

/** Says of a failed system call what is wrong with the file; passes any other error on. */
export function explainUnreadable(error: unknown, {flag, source}: Pick<InputRequest, 'flag' | 'source'>): unknown {
  if (!(error instanceof Error && 'syscall' in error && 'code' in error)) return error
  const reason = String(error.code)
  const why =
    {ENOENT: 'there is no such file', EACCES: 'it may not be read', EISDIR: 'it is a folder'}[reason] ?? reason
  return new BehalfError('invalid-input', `${flag}: cannot read ${source}: ${why}.`, {
    hint: 'Name a file that can be read, or - for stdin.',
    cause: error,
  })
}

async function collect(
  stream: Readable,
  limitBytes: number,
  flag: string,
  options: {signal?: AbortSignal; untilLineBreak?: boolean} = {},
): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  const stop = () => stream.destroy()
  options.signal?.addEventListener('abort', stop, {once: true})
  try {
    for await (const piece of stream as AsyncIterable<Buffer | string>) {
      const chunk = Buffer.from(piece)
      chunks.push(chunk)
      size += chunk.length
      if (size > limitBytes) {
        throw new BehalfError('invalid-input', `${flag}: more than ${String(limitBytes)} bytes were given.`)
      }
      if (options.untilLineBreak && chunk.includes(0x0a)) break
    }
  } catch (error) {
    options.signal?.throwIfAborted()
    throw error
  } finally {
    options.signal?.removeEventListener('abort', stop)
  }
  options.signal?.throwIfAborted()
  return Buffer.concat(chunks)
}

function decode(bytes: Buffer, flag: string): string {
  try {
    return new TextDecoder('utf-8', {fatal: true}).decode(bytes)
  } catch (error) {
    throw new BehalfError('invalid-input', `${flag}: what was given is not UTF-8 text.`, {cause: error})
  }
}
