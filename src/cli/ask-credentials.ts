import {BehalfError} from '../model/behalf-error.js'
import type {Secret} from '../model/secret.js'
import {readSecret} from './read-input.js'
import type {Talk} from './talk.js'

const SECRET_FLAG = '--client-secret-file'

/** What stands for an application at its service. No secret: it is a public client. */
export interface ClientCredentials {
  clientId: string
  clientSecret: Secret | undefined
}

export interface CredentialFlags {
  'client-id'?: string | undefined
  'client-secret-file'?: string | undefined
  'auth-method'?: string | undefined
}

/**
 * The client secret that the flag calls for; undefined without the flag. Where `-` would read from the terminal,
 * the person there is asked, and what is typed is not shown.
 */
export async function readClientSecret(
  talk: Talk,
  flags: {'client-secret-file'?: string | undefined},
): Promise<Secret | undefined> {
  const source = flags['client-secret-file']
  if (source === undefined) return undefined
  const {surroundings} = talk
  return source === '-' && surroundings.interactive
    ? askClientSecret(talk)
    : readSecret(surroundings, SECRET_FLAG, source)
}

/** @throws BehalfError `usage` when the client id is missing where nobody can be asked. */
export async function readCredentials(talk: Talk, flags: CredentialFlags): Promise<ClientCredentials> {
  const clientId = flags['client-id']
  if (clientId === undefined) {
    throw new BehalfError('usage', 'The client id is missing, and there is no terminal to ask for it.', {
      hint: 'Give --client-id, and --client-secret-file if the application has a secret.',
    })
  }
  return {clientId, clientSecret: await readClientSecret(talk, flags)}
}

export async function askClientId({surroundings, signal}: Talk): Promise<string> {
  const check = (answer: string) =>
    /^\s*\S+\s*$/.test(answer) ? undefined : 'One word, which the service shows where you registered the application.'
  return (await surroundings.prompts.askText('Client ID:', {signal, check})).trim()
}

/** Asks until there is one. */
export async function askClientSecret(talk: Talk): Promise<Secret> {
  for (;;) {
    const secret = await talk.surroundings.prompts.askSecret('Client secret:', {signal: talk.signal})
    if (secret !== undefined) return secret
    talk.say('A secret is never empty. The service shows it, perhaps once only, where you registered the application.')
  }
}

/** Undefined: the application has none. */
export const askForAnyClientSecret = ({surroundings, signal}: Talk): Promise<Secret | undefined> =>
  surroundings.prompts.askSecret('Client secret (empty for an application without one):', {signal})
