import {listEndpoints} from '../helix/catalogue.js'

/** Scopes that no Helix endpoint asks for: chat, EventSub, OpenID Connect. */
const BEYOND_HELIX = [
  'channel:bot',
  'channel:manage:extensions',
  'channel:moderate',
  'chat:edit',
  'chat:read',
  'moderator:read:banned_users',
  'moderator:read:chat_settings',
  'moderator:read:moderators',
  'moderator:read:shoutouts',
  'moderator:read:suspicious_users',
  'moderator:read:vips',
  'moderator:read:warnings',
  'openid',
  'user:bot',
  'user:read:chat',
  'user:read:email',
  'user:read:whispers',
  'whispers:read',
]

let known: ReadonlySet<string> | undefined

/** The scopes that can be requested. */
export function knownScopes(): ReadonlySet<string> {
  known ??= new Set([...BEYOND_HELIX, ...listEndpoints().flatMap((endpoint) => endpoint.scopes)])
  return known
}

/** Splits a `scope` parameter; sorted, without repeats. */
export function parseScopes(text: string | undefined): string[] {
  return [...new Set((text ?? '').split(/\s+/).filter((scope) => scope !== ''))].sort()
}
