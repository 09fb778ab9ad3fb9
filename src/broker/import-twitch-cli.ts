import {BehalfError} from '../model/behalf-error.js'
import type {Secret} from '../model/secret.js'
import type {BrokerDeps} from './broker-deps.js'
import {addProvider} from './configure-provider.js'
import {importAccount, type ImportInput, type ImportResult} from './import-account.js'
import {loadProviders} from './load-provider.js'

/** What twitch-cli keeps, and what is to become of it. */
export interface TwitchCliInput extends Omit<ImportInput, 'refreshToken'> {
  clientId: string
  clientSecret?: Secret
  /** Without one there is no user's token to take over. */
  refreshToken?: Secret
}

export interface TwitchCliImport {
  provider: string
  /** It was not set up before. */
  providerAdded: boolean
  /** Undefined where there was no user's token. */
  login?: ImportResult
}

/**
 * Takes over the client and the user token of twitch-cli. A provider that is there is used if it is the same client.
 * @throws BehalfError `usage` for one with another client id, and what importing the token throws.
 */
export async function importTwitchCli(deps: BrokerDeps, input: TwitchCliInput): Promise<TwitchCliImport> {
  const {clientId, clientSecret, refreshToken, ...rest} = input
  const name = input.provider
  const present = (await loadProviders(deps)).find((provider) => provider.name === name)
  if (present && present.clientId !== clientId) {
    throw new BehalfError('usage', `${name} is set up with another client id than twitch-cli has; tokens go by it.`, {
      hint: `Import it under another name: behalf import twitch-cli --provider ${name === 'twitch' ? 'twitch-cli' : 'NAME'}`,
    })
  }
  if (!present) {
    const settings = {name, preset: 'twitch', clientId, ...(clientSecret && {clientSecret})}
    await addProvider(deps, settings)
  }
  const login = refreshToken && (await importAccount(deps, {...rest, refreshToken}))
  return {provider: name, providerAdded: !present, ...(login && {login})}
}
