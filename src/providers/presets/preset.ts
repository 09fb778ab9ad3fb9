import type {Provider} from '../../model/provider.js'

/** What is known of a service before anyone registers a client there. */
export interface Preset extends Omit<
  Provider,
  'preset' | 'clientId' | 'clientSecret' | 'credentialsFrom' | 'callbackUrl' | 'scopes' | 'credentialKinds'
> {
  /** The service's name as it writes it. */
  title: string
  /** Default: OAuth 2 alone. */
  credentialKinds?: Provider['credentialKinds']
  /** Never empty. */
  scopes: Provider['scopes'] & {owner: string[]; bot: string[]; user: string[]}
  /** What someone who registers a client there should know. */
  note?: string
}

/** The same scopes for everyone. */
export const forEveryRole = (...scopes: string[]): Preset['scopes'] => ({
  owner: scopes,
  bot: [...scopes],
  user: [...scopes],
})
