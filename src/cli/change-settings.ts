import type {Behalf, ProviderInput, ProviderPreview} from '../compose.js'
import {agreeToLogins} from './keep-provider.js'
import {providerJson} from './present-provider.js'
import type {Talk} from './talk.js'

export interface SettingsChange {
  input: ProviderInput
  /** What is not given goes back to what a new provider would have. */
  anew: boolean
  /** What it would do. */
  preview: ProviderPreview
  /** Whether to ask before accounts come to need a login. */
  ask: boolean
  /** How the command calls it, such as `replace`; then what it says when it is done. */
  verb: string
  done: string
}

/**
 * Changes a provider that is there, and says what became of its secret and its accounts.
 * @returns what `--json` prints.
 * @throws BehalfError `usage` where somebody is to be asked and nobody can be.
 */
export async function changeSettings(
  talk: Talk,
  behalf: Pick<Behalf, 'changeProvider' | 'showProvider'>,
  {input, anew, preview, ask, verb, done}: SettingsChange,
): Promise<Record<string, unknown>> {
  if (ask && !(await agreeToLogins(talk, preview, `behalf provider ${verb} ${input.name} …`))) {
    talk.say('Nothing was changed.')
    return {...providerJson(await behalf.showProvider(input.name)), login_needed: 0}
  }
  const {loginNeeded, ...provider} = await behalf.changeProvider(input, {anew})
  talk.succeed(`${done} the provider ${provider.name}.`)
  if (losesSecretUnasked(input, preview)) {
    talk.warn('The client secret was removed, for it belonged to the other client id.')
  }
  if (loginNeeded > 0) {
    talk.warn(`Accounts that need a login now: ${String(loginNeeded)}. See them with: behalf status`)
  }
  return {...providerJson(provider), login_needed: loginNeeded}
}

/** Another client id was given, and neither a secret for it nor the word that it has none. */
function losesSecretUnasked({publicClient, authMethod}: ProviderInput, {changes = []}: ProviderPreview): boolean {
  if (publicClient === true || authMethod === 'none') return false
  const isOther = changes.some(({setting}) => setting === 'clientId')
  return isOther && changes.some(({setting, after}) => setting === 'clientSecret' && after === 'none')
}
