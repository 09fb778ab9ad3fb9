import type {Behalf, ProviderInput, ProviderPreview, ProviderView, SettingChange} from '../compose.js'
import {BehalfError} from '../model/behalf-error.js'
import type {Talk} from './talk.js'

export interface KeptProvider {
  provider: ProviderView
  outcome: 'added' | 'changed' | 'unchanged'
}

export function keptLine({provider: {name}, outcome}: KeptProvider): string {
  if (outcome === 'unchanged') return `The provider ${name} stays as it is: nothing was changed.`
  return outcome === 'added' ? `Added the provider ${name}.` : `Changed the provider ${name}.`
}

/** Adds a provider; where one of that name is there with other settings, offers to change these, if anyone can be asked. */
export async function keepProvider(
  talk: Talk,
  behalf: Pick<Behalf, 'addProvider' | 'previewProvider' | 'changeProvider' | 'showProvider'>,
  input: ProviderInput,
): Promise<KeptProvider> {
  if (!talk.surroundings.interactive) {
    const provider = await behalf.addProvider(input)
    return {provider, outcome: provider.added ? 'added' : 'unchanged'}
  }
  const kept = await keepSettings(talk, behalf, input)
  const {credentialsFrom} = await behalf.showProvider(input.name)
  if (credentialsFrom === 'environment') {
    talk.warn('A client in the environment wins over the one that is stored. Which variables that are: behalf doctor')
  }
  return kept
}

async function keepSettings(
  talk: Talk,
  behalf: Pick<Behalf, 'addProvider' | 'previewProvider' | 'changeProvider' | 'showProvider'>,
  input: ProviderInput,
): Promise<KeptProvider> {
  const preview = await behalf.previewProvider(input, {anew: false})
  if (preview.changes === undefined) return {provider: await behalf.addProvider(input), outcome: 'added'}
  if (preview.changes.length === 0) return {provider: preview.provider, outcome: 'unchanged'}
  talk.say(`There is a provider ${input.name} already. This would change:`)
  for (const line of changeLines(preview)) talk.say(line)
  const {prompts} = talk.surroundings
  if (await prompts.confirm('Change it?', {signal: talk.signal, isLikely: preview.loginNeeded.length === 0})) {
    return {provider: await behalf.changeProvider(input, {anew: false}), outcome: 'changed'}
  }
  return {provider: await behalf.showProvider(input.name), outcome: 'unchanged'}
}

/**
 * Asks before accounts come to need a login. False when the answer is no.
 * @param command what makes the change, for messages.
 * @throws BehalfError `usage` where nobody can be asked.
 */
export async function agreeToLogins(talk: Talk, preview: ProviderPreview, command: string): Promise<boolean> {
  if (preview.loginNeeded.length === 0) return true
  const {interactive, prompts} = talk.surroundings
  if (!interactive) {
    throw new BehalfError('usage', `${loginLine(preview.loginNeeded)} Nothing was changed.`, {
      hint: `If that is meant: ${command} --yes`,
    })
  }
  for (const line of changeLines(preview)) talk.say(line)
  return prompts.confirm('Change it?', {signal: talk.signal})
}

/** What a change means: a line for each setting, then what becomes of the accounts. */
function changeLines({changes = [], loginNeeded}: ProviderPreview): string[] {
  return [
    ...changes.map((change) => `  ${SETTING_NAMES[change.setting] ?? change.setting}: ${describeChange(change)}`),
    loginNeeded.length === 0 ? 'No account needs a new login for that.' : loginLine(loginNeeded),
  ]
}

const describeChange = ({before = 'none', after = 'none'}: SettingChange): string => `${before} → ${after}`

/** As `provider show` calls them. */
const SETTING_NAMES: Partial<Record<SettingChange['setting'], string>> = {
  clientId: 'client id',
  clientSecret: 'client secret',
  callbackUrl: 'redirect URI',
  authorizeUrl: 'authorize',
  tokenUrl: 'token',
  requestTokenUrl: 'request token',
  credentialKinds: 'credentials',
  apiKey: 'API key',
  otpHeader: 'one-time code',
  deviceUrl: 'device',
  revokeUrl: 'revoke',
  validateUrl: 'validate',
  userinfoUrl: 'userinfo',
  apiUrl: 'API',
  authMethod: 'authentication',
  pkce: 'PKCE',
  replay: 'refresh replay',
}

const MOST_NAMES = 5

function loginLine(accounts: string[]): string {
  const more = accounts.length > MOST_NAMES ? ` and ${String(accounts.length - MOST_NAMES)} more` : ''
  const names = `${accounts.slice(0, MOST_NAMES).join(', ')}${more}`
  return `${accounts.length === 1 ? 'This account would need a new login' : 'These accounts would need a new login'}: ${names}.`
}
