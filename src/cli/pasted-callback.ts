import {BehalfError} from '../model/behalf-error.js'
import {readLine} from './read-input.js'
import type {Surroundings} from './surroundings.js'

const MAX_CHARACTERS = 16_384

/** Reads what the person copied: from a prompt, or without a terminal from the first line of stdin. */
export async function askForCallback(wait: {
  surroundings: Surroundings
  signal: AbortSignal
}): Promise<URLSearchParams> {
  const {surroundings, signal} = wait
  if (surroundings.interactive) {
    const check = (answer: string) => (parsePastedCallback(answer) ? undefined : EXPECTED)
    const answer = await surroundings.prompts.askText('Paste that address here:', {signal, check})
    return requireCallback(answer)
  }
  const line = surroundings.stdinIsTerminal ? undefined : await readLine(surroundings, '--paste', signal)
  if (line === undefined) {
    throw new BehalfError('usage', '--paste needs a terminal, or the address as a line on stdin.', {
      hint: 'Without --paste the command itself waits for the browser to come back.',
    })
  }
  return requireCallback(line)
}

/** Reads the PIN that the provider shows (OAuth 1.0a): from a prompt, or without a terminal from the first line of stdin. */
export async function askForPin({
  surroundings,
  signal,
}: {
  surroundings: Surroundings
  signal: AbortSignal
}): Promise<string> {
  if (surroundings.interactive) {
    const check = (answer: string) => (answer.trim() === '' ? 'Type the PIN that the page shows.' : undefined)
    return (await surroundings.prompts.askText('PIN:', {signal, check})).trim()
  }
  const line = surroundings.stdinIsTerminal ? undefined : await readLine(surroundings, '--pin', signal)
  if (line?.trim()) return line.trim()
  throw new BehalfError('usage', '--pin needs a terminal, or the PIN as a line on stdin.')
}

const EXPECTED = 'Paste the whole address, with the code= and state= in it.'

function requireCallback(text: string): URLSearchParams {
  const query = parsePastedCallback(text)
  if (query) return query
  throw new BehalfError('invalid-input', 'What was pasted is not the address that the login ended at.', {
    hint: EXPECTED,
  })
}

/** The query of a redirect URL, or a bare `code=…&state=…`; undefined when it is neither. */
export function parsePastedCallback(text: string): URLSearchParams | undefined {
  const pasted = text.trim()
  if (pasted.length > MAX_CHARACTERS || /[\s\p{Cc}]/u.test(pasted)) return undefined
  const isUrl = /^https?:\/\//i.test(pasted)
  if (isUrl && !URL.canParse(pasted)) return undefined
  const query = isUrl ? new URL(pasted).searchParams : new URLSearchParams(pasted)
  return query.has('state') && (query.has('code') || query.has('error')) ? query : undefined
}
