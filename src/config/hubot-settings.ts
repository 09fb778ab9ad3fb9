import {BehalfError} from '../model/behalf-error.js'
import type {Provider} from '../model/provider.js'
import {Secret} from '../model/secret.js'

type Environment = Readonly<Record<string, string | undefined>>

/** `HUBOT_JENKINS_URL`: the Jenkins that people give their credentials for. @throws BehalfError `configuration`. */
export function readHubotJenkins(
  environment: Environment,
): {name: 'jenkins'; settings: Omit<Provider, 'name' | 'credentialsFrom'>} | undefined {
  const text = environment.HUBOT_JENKINS_URL?.trim()
  if (!text) return undefined
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.search !== '' || url.hash !== '') {
    throw new BehalfError(
      'configuration',
      'HUBOT_JENKINS_URL is not the address of a Jenkins: an http or https URL without a name, a password or a query.',
      {hint: 'For example: https://ci.example.com/jenkins'},
    )
  }
  const apiUrl = url.href.replace(/\/+$/, '')
  return {
    name: 'jenkins',
    settings: {
      dialect: 'rfc',
      credentialKinds: ['basic'],
      apiUrl,
      // Unlike `/whoAmI`, it answers nobody who is not logged in.
      userinfoUrl: `${apiUrl}/me/api/json`,
      identity: {userId: 'id', login: 'id', displayName: 'fullName'},
      clientId: '',
      authMethod: 'none',
      pkce: false,
      scopes: {},
      scopeSeparator: ' ',
      revokeEnds: 'token',
      authorizeParams: {},
      consentParams: {},
    },
  }
}

/** `HUBOT_JENKINS_CRYPTO_SECRET`: what the credentials in old brains are encrypted with. */
export function readJenkinsCryptoSecret(environment: Environment = process.env): Secret | undefined {
  const text = environment.HUBOT_JENKINS_CRYPTO_SECRET
  return text ? new Secret(text) : undefined
}
