import {BehalfError} from '../model/behalf-error.js'
import type {Provider} from '../model/provider.js'
import {findUnknownScopes} from '../model/scopes.js'
import type {BrokerDeps} from './broker-deps.js'

/** @throws BehalfError `unknown-scope` with the nearest names, where the provider's scopes are known. */
export function checkScopes(deps: Pick<BrokerDeps, 'providers'>, provider: Provider, scopes: readonly string[]): void {
  const known = deps.providers.knownScopes(provider)
  const [unknown] = known ? findUnknownScopes(scopes, known) : []
  if (!unknown) return
  const meant = unknown.nearest.length > 0 ? ` Did you mean ${unknown.nearest.join(', ')}?` : ''
  throw new BehalfError('unknown-scope', `${provider.name} has no scope “${unknown.scope}”.${meant}`, {
    hint: 'Correct --scope. Scope names are case-sensitive.',
  })
}
