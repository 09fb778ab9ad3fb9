import {BehalfError} from '../model/behalf-error.js'
import type {Credential, CredentialKind} from '../model/credential.js'
import type {Provider} from '../model/provider.js'
import {checkSubject} from '../model/subject.js'
import type {BrokerDeps} from './broker-deps.js'
import {admitCredential, type LoginResult} from './complete-login.js'
import {chooseProvider} from './load-provider.js'

/** A credential that a chat user hands in whole. */
export interface LinkInput {
  /** Default: the only provider there is, else `twitch`. */
  provider?: string
  subject: string
  credential: Credential
  /** The provider's user id that it must be. */
  expect?: string
}

type Deps = Pick<BrokerDeps, 'store' | 'providerClient' | 'clock' | 'random' | 'providers'>

/**
 * Keeps a chat user's own credential, keyed `provider@subject`. It is tried at the service first, which says whose it is:
 * what is refused, or belongs to someone else than the subject was linked to before, is not kept (design 7, rule 8;
 * docs/decisions/0028).
 * @throws BehalfError `credential-refused`, `wrong-person`, `usage` for a kind that the provider does not take,
 * `configuration` for a provider that cannot be asked whose it is, `invalid-input`, `provider-not-found`, `unavailable`.
 */
export async function linkCredential(deps: Deps, input: LinkInput): Promise<LoginResult> {
  const subject = checkSubject(input.subject)
  const {credential, expect} = input
  const provider = await chooseProvider(deps, input.provider)
  requireKind(provider, credential.kind)
  checkCredential(credential)
  const identity = await deps.providerClient.identifyCredential(provider, credential)
  const purpose = {provider, role: 'user' as const, subject, scopes: [], replaceOwner: false}
  return admitCredential(deps, expect === undefined ? purpose : {...purpose, expect}, {credential, identity})
}

const KIND_NAMES: Record<CredentialKind, string> = {
  oauth2: 'a login',
  oauth1: 'a login',
  'api-key': 'an API key',
  basic: 'a user name and password',
}

/** @throws BehalfError `usage`. */
export function requireKind({name, credentialKinds}: Provider, kind: CredentialKind): void {
  if (credentialKinds.includes(kind)) return
  const taken = [...new Set(credentialKinds.map((one) => KIND_NAMES[one]))].join(' or ')
  throw new BehalfError('usage', `${name} does not take ${KIND_NAMES[kind]}; it takes ${taken}.`, {
    hint: `If it does: behalf provider update ${name} --credential ${[...credentialKinds, kind].join(' --credential ')}`,
  })
}

/** What cannot stand in a header, or would end it, is no credential. @throws BehalfError `invalid-input`. */
function checkCredential(credential: Credential): void {
  if (credential.kind === 'api-key' && !credential.key.matches(/^[\x21-\x7e]{1,8192}$/)) {
    throw new BehalfError('invalid-input', 'An API key is one word of plain ASCII, up to 8,192 characters.')
  }
  if (credential.kind !== 'basic') return
  const {username, password} = credential
  // RFC 7617 2: the first colon ends the name; neither has control characters.
  if (!/^[^:\p{C}]{1,256}$/u.test(username)) {
    throw new BehalfError('invalid-input', 'A user name has no colon, and up to 256 printable characters.')
  }
  if (!password.matches(/^\P{Cc}{1,8192}$/u)) {
    throw new BehalfError('invalid-input', 'A password has up to 8,192 printable characters, and is not empty.')
  }
}
