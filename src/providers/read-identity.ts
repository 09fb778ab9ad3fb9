import type {IdentityMembers, Provider} from '../model/provider.js'
import {dialectOf} from './dialects/dialect-of.js'
import type {Identity} from './provider-client.js'
import {isShowableId, isShowableLogin} from './showable-name.js'

/** A userinfo answer, or the claims of an ID token. */
export type Claims = Readonly<Record<string, unknown>>

/** `named`: there was a login name, so that nobody else needs to be asked. Undefined without a user id that can be shown. */
export function readIdentity(provider: Provider, claims: Claims): {identity: Identity; named: boolean} | undefined {
  const userId = readFirst(claims, pathsOf(provider, 'userId'))
  if (userId === undefined || !isShowableId(userId)) return undefined
  const login = readLogin(provider, claims)
  const displayName = readDisplayName(provider, claims)
  const identity: Identity = {userId, login: (login ?? userId).toLowerCase()}
  return {identity: displayName === undefined ? identity : {...identity, displayName}, named: login !== undefined}
}

/** What the provider's settings name, else what its dialect does, in the order of preference. */
function pathsOf(provider: Provider, member: keyof IdentityMembers): readonly string[] {
  const path = provider.identity?.[member]
  return path === undefined ? dialectOf(provider).identity[member] : [path]
}

/** Where an e-mail address is but the last resort, its local part is the name. */
function readLogin(provider: Provider, claims: Claims): string | undefined {
  const paths = pathsOf(provider, 'login')
  const login = readFirst(claims, paths)
  const isFallback = paths.length > 1 && paths.at(-1) === 'email' && login === readText(claims.email)
  const name = isFallback ? login?.replace(/@.*$/s, '') : login
  return name !== undefined && isShowableLogin(name) ? name : undefined
}

/** It is shown where a person confirms who they are: nothing in it may turn the text around it, or hide. */
function readDisplayName(provider: Provider, claims: Claims): string | undefined {
  const name = readFirst(claims, pathsOf(provider, 'displayName'))
  return readText(name?.replace(/\p{C}/gu, ''))
}

function readFirst(claims: Claims, paths: readonly string[]): string | undefined {
  for (const path of paths) {
    const value = readText(findMember(claims, path))
    if (value !== undefined) return value
  }
  return undefined
}

/** What stands at `data.user.id`, say. */
function findMember(claims: Claims, path: string): unknown {
  let found: unknown = claims
  for (const name of path.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined
    found = (found as Claims)[name]
  }
  return found
}

/** Ids may be numbers; lists of addresses begin with the first one. */
function readText(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
  if (Array.isArray(value)) return readText(value[0])
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}
