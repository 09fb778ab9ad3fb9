import {checkInput} from '../check-input.js'
import type {AuthProviderOptions} from './auth-provider-options.js'
import {BehalfAuthProvider} from './behalf-auth-provider.js'

export type {AuthProviderOptions} from './auth-provider-options.js'
export type {BehalfAuthProvider, TwurpleUser} from './behalf-auth-provider.js'

/**
 * An `AuthProvider` for Twurple (@twurple/auth 8) whose tokens are those of behalf's store, in this process.
 * Importing the module does nothing; nothing outlives the provider's `close`.
 * @throws BehalfError `configuration`, `invalid-input`, `provider-not-found`, `usage` for a provider that is not Twitch.
 */
export async function createAuthProvider(options: AuthProviderOptions = {}): Promise<BehalfAuthProvider> {
  const {intents = {}, ...settings} = checkInput('createAuthProvider', options)
  const {openTwurple} = await import('../../compose-twurple.js')
  const broker = await openTwurple(settings)
  const accounts = await broker.listAccounts().catch(async (error: unknown) => {
    await broker.close()
    throw error
  })
  const scopes = accounts.map(({userId, scopes}): [string, string[]] => [userId, scopes])
  return new BehalfAuthProvider(broker, intents, scopes)
}
