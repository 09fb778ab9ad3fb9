import type {ApiToken} from '../model/api-token.js'
import {BehalfError} from '../model/behalf-error.js'
import {checkTokenId, stateOf, tokenNotFound} from './api-tokens.js'
import type {BrokerDeps} from './broker-deps.js'

/**
 * The id of the API token that a person means by its id, or by a name that no other one has. Those that are over do not
 * stand in the way of one that is not.
 * @throws BehalfError `token-not-found`; `invalid-input` for a name that several have, and for a whole token.
 */
export async function findApiTokenId(deps: Pick<BrokerDeps, 'store' | 'clock'>, text: string): Promise<string> {
  const known = await deps.store.apiTokens.get(checkTokenId(text))
  if (known) return known.id
  const named = (await deps.store.apiTokens.list()).filter(({name}) => name === text.trim())
  const active = named.filter((token) => stateOf(token, deps.clock.now()) === 'active')
  const [found, ...others] = active.length > 0 ? active : named
  if (!found) throw await tokenNotFound(deps, text)
  if (others.length > 0) throw ambiguousName(text, [found, ...others])
  return found.id
}

const ambiguousName = (name: string, tokens: readonly ApiToken[]): BehalfError =>
  new BehalfError(
    'invalid-input',
    `“${name}” is the name of several API tokens: ${tokens.map(({id}) => id).join(', ')}.`,
    {hint: 'Name one by its id: behalf token list'},
  )
