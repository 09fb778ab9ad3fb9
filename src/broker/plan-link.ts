import {BehalfError} from '../model/behalf-error.js'
import type {CredentialKind} from '../model/credential.js'
import {checkSubject} from '../model/subject.js'
import type {BrokerDeps} from './broker-deps.js'
import {requireKind} from './link-credential.js'
import {chooseProvider} from './load-provider.js'

export interface LinkWish {
  subject: string
  /** Default: the only provider there is, else `twitch`. */
  provider?: string
  /** Default: what accounts of the provider hold first of all. */
  kind?: CredentialKind
}

/** How a subject's account is linked. */
export interface LinkPlan {
  provider: string
  /** `oauth2` and `oauth1` by a login, the others by handing them in. */
  kind: CredentialKind
}

/** @throws BehalfError `invalid-input`, `provider-not-found`; `usage` for a kind that the provider does not take. */
export async function planLink(deps: Pick<BrokerDeps, 'store' | 'providers'>, wish: LinkWish): Promise<LinkPlan> {
  checkSubject(wish.subject)
  const provider = await chooseProvider(deps, wish.provider)
  const kind = wish.kind ?? provider.credentialKinds[0]
  if (kind === undefined) throw new BehalfError('internal', `${provider.name} takes no credentials`)
  requireKind(provider, kind)
  return {provider: provider.name, kind}
}
