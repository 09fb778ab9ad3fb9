import {BehalfError} from '../model/behalf-error.js'
import {Secret} from '../model/secret.js'
import {readInput} from './read-input.js'
import type {Surroundings} from './surroundings.js'

const LIMIT_BYTES = 64 * 1024

export interface PassphraseRequest {
  /** `--passphrase-file`. */
  file: string | undefined
  signal: AbortSignal
}

/** For a file that is yet to be sealed: at a terminal it is asked for twice. @throws BehalfError `usage`, `invalid-input`. */
export async function choosePassphrase(surroundings: Surroundings, request: PassphraseRequest): Promise<Secret> {
  const passphrase = await readPassphrase(surroundings, request, 'Passphrase to seal it with:')
  if (request.file !== undefined) return passphrase
  const again = await surroundings.prompts.askSecret('The same once more:', request)
  if (again?.equals(passphrase)) return passphrase
  throw new BehalfError('invalid-input', 'These are not the same.', {hint: 'Run the command again.'})
}

/** For a file that is sealed. @throws BehalfError `usage`, `invalid-input`. */
export async function readPassphrase(
  surroundings: Surroundings,
  {file, signal}: PassphraseRequest,
  question = 'Passphrase that it was sealed with:',
): Promise<Secret> {
  const passphrase =
    file === undefined ? await askFor(surroundings, question, signal) : await readFrom(surroundings, file)
  if (passphrase === undefined) throw new BehalfError('invalid-input', 'The passphrase is empty.')
  return passphrase
}

/** Without the blanks around it, as at the prompt. */
async function readFrom(surroundings: Surroundings, source: string): Promise<Secret | undefined> {
  const text = (await readInput(surroundings, {flag: '--passphrase-file', source, limitBytes: LIMIT_BYTES})).trim()
  return text === '' ? undefined : new Secret(text)
}

async function askFor(
  {interactive, prompts}: Surroundings,
  question: string,
  signal: AbortSignal,
): Promise<Secret | undefined> {
  if (interactive) return prompts.askSecret(question, {signal})
  throw new BehalfError('usage', 'There is nobody to ask for the passphrase.', {
    hint: 'Name a file that holds it with --passphrase-file, or - for stdin.',
  })
}
