import {createHash, generateKeyPair, sign, type JsonWebKey, type KeyObject} from 'node:crypto'
import {promisify} from 'node:util'

import {SECOND_MS} from '../../model/time.js'
import {formatTime} from '../sandbox-clock.js'
import type {Authorization} from '../records.js'
import type {SandboxState} from '../state.js'

const KEY_ID = '1'
const ID_TOKEN_SECONDS = 900

interface KeyPair {
  privateKey: KeyObject
  publicKey: KeyObject
}

let keyPair: Promise<KeyPair> | undefined

/** Made on first use: it takes a moment, and most runs sign nothing. */
const getKeyPair = (): Promise<KeyPair> => (keyPair ??= promisify(generateKeyPair)('rsa', {modulusLength: 2048}))

/** The answer of `/oauth2/keys` (RFC 7517). */
export async function listPublicKeys(): Promise<{keys: JsonWebKey[]}> {
  const {publicKey} = await getKeyPair()
  return {keys: [{...publicKey.export({format: 'jwk'}), alg: 'RS256', kid: KEY_ID, use: 'sig'}]}
}

/** An ID token (OpenID Connect Core 2), RS256. With `accessToken` it holds `at_hash` (3.2.2.9). */
export async function signIdToken(
  state: SandboxState,
  authorization: Authorization,
  {accessToken}: {accessToken: string | undefined},
): Promise<string> {
  const issuedAt = Math.floor(state.clock.now() / SECOND_MS)
  const payload = {
    aud: authorization.clientId,
    azp: authorization.clientId,
    exp: issuedAt + ID_TOKEN_SECONDS,
    iat: issuedAt,
    iss: issuerOf(state),
    sub: authorization.userId,
    ...(authorization.nonce !== undefined && {nonce: authorization.nonce}),
    ...(accessToken !== undefined && {at_hash: hashHalf(accessToken)}),
    ...collectClaims(state, authorization, authorization.claims.idToken),
  }
  const signed = [{alg: 'RS256', typ: 'JWT', kid: KEY_ID}, payload].map(encodePart).join('.')
  const {privateKey} = await getKeyPair()
  return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`
}

export const issuerOf = (state: SandboxState): string => `${state.origin}/oauth2`

/** The further claims asked for; the e-mail ones need `user:read:email` (facts 2.11). */
export function collectClaims(
  state: SandboxState,
  holder: {userId: string | null; scopes: readonly string[]},
  names: readonly string[],
): Record<string, unknown> {
  const user = state.users.get(holder.userId ?? '')
  if (user === undefined) return {}
  const mayReadEmail = holder.scopes.includes('user:read:email')
  const all: Record<string, unknown> = {
    picture: `${state.origin}/images/${user.id}.png`,
    preferred_username: user.displayName,
    updated_at: formatTime(user.createdAt),
    ...(mayReadEmail && {email: user.emailVerified ? user.email : null, email_verified: user.emailVerified}),
  }
  return Object.fromEntries(names.filter((name) => Object.hasOwn(all, name)).map((name) => [name, all[name]]))
}

const encodePart = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url')

/** The left half of the SHA-256, base64url. */
const hashHalf = (text: string): string =>
  createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url')
