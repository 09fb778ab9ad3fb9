import type {BrokerDeps} from './broker/broker-deps.js'
import type {HubotBrainEntry, HubotBrainInput} from './broker/import-hubot-brain.js'
import {readJenkinsCryptoSecret} from './config/hubot-settings.js'
import {readLibrarySettings} from './config/library-settings.js'
import {BehalfError} from './model/behalf-error.js'

/** Where services send people back to, if the environment names such a place. @throws BehalfError `configuration`. */
export const findCallbackUrl = (): string | undefined => readLibrarySettings({}).callbackUrl

/** @throws BehalfError `configuration` without `HUBOT_JENKINS_CRYPTO_SECRET`, or when it is another one. */
export async function importBrain(
  deps: BrokerDeps,
  input: Omit<HubotBrainInput, 'cryptoSecret'>,
): Promise<HubotBrainEntry[]> {
  const cryptoSecret = readJenkinsCryptoSecret()
  if (cryptoSecret === undefined) {
    throw new BehalfError('configuration', 'HUBOT_JENKINS_CRYPTO_SECRET is not set: the credentials cannot be read.', {
      hint: 'Set it to what the Hubot ran with that wrote this brain.',
    })
  }
  const {importHubotBrain} = await import('./broker/import-hubot-brain.js')
  return importHubotBrain(deps, {...input, cryptoSecret})
}
