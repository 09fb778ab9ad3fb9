import type {Provider} from '../../src/model/provider.js'
import {Secret} from '../../src/model/secret.js'

/** A made-up provider that keeps to the RFCs, at addresses that nobody answers, unless `parts` say otherwise. */
export function makeProvider(parts: Partial<Provider> = {}): Provider {
  return {
    name: 'example',
    dialect: 'rfc',
    credentialKinds: ['oauth2'],
    authorizeUrl: 'https://id.example.test/authorize',
    tokenUrl: 'https://id.example.test/token',
    clientId: 'made-up-client',
    clientSecret: new Secret('made-up-client-secret'),
    authMethod: 'post',
    pkce: true,
    scopes: {owner: ['read'], bot: ['read'], user: ['read']},
    scopeSeparator: ' ',
    revokeEnds: 'token',
    authorizeParams: {},
    consentParams: {},
    credentialsFrom: 'store',
    ...parts,
  }
}
