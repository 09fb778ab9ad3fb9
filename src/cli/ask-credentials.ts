import {BehalfError} from '../model/behalf-error.js'
import type {Secret} from '../model/secret.js'
import {readSecret} from './read-input.js'
import type {Surroundings} from './surroundings.js'

const SECRET_FLAG = '--client-secret-file'

/** The client secret from the file that the flag names; undefined without the flag. */
export const readClientSecret = async (
  surroundings: Surroundings,
  flags: {'client-secret-file'?: string | undefined},
): Promise<Secret | undefined> => {
  const source = flags['client-secret-file']
  return source === undefined ? undefined : readSecret(surroundings, SECRET_FLAG, source)
}

/**
 * The client id and secret from the flags, or else from a person. Without one, no secret means a client without a secret.
 * @throws BehalfError `usage` when the client id is missing and nobody can be asked.
 */
export async function askCredentials(
  surroundings: Surroundings,
  flags: {
    'client-id'?: string | undefined
    'client-secret-file'?: string | undefined
    'auth-method'?: string | undefined
  },
  signal: AbortSignal,
): Promise<{clientId: string; clientSecret: Secret | undefined}> {
  const {interactive, prompts} = surroundings
  const givenId = flags['client-id']
  if (givenId === undefined && !interactive) {
    throw new BehalfError('usage', 'The client id is missing, and there is no terminal to ask for it.', {
      hint: 'Give --client-id, and --client-secret-file if the application has a secret.',
    })
  }
  const check = (answer: string) =>
    answer.trim() === '' ? 'The service shows it where you registered your application.' : undefined
  const clientId = givenId ?? (await prompts.askText('Client ID:', {signal, check})).trim()
  const given = await readClientSecret(surroundings, flags)
  if (given !== undefined || !interactive || flags['auth-method'] === 'none') return {clientId, clientSecret: given}
  const clientSecret = await prompts.askSecret('Client secret (empty for an application without one):', {signal})
  return {clientId, clientSecret}
}
