import type {AdminSessionRecord} from '../model/admin-session.js'
import type {ApiToken} from '../model/api-token.js'
import {isObject} from './shape.js'
import type {AdminSessionStore, ApiTokenStore} from './store.js'

/** All that is kept like an API token. */
export interface TokenSection extends ApiTokenStore {
  /** @returns whether it was there: of several who remove it, one is told so. */
  remove(id: string): Promise<boolean>
}

/**
 * Sessions of the admin page are kept beside the API tokens, under a scope that no API token can have, and are seen as
 * nothing but sessions: they open no door for a program, and are in none of its lists.
 */
export function partSessions(all: TokenSection): {apiTokens: ApiTokenStore; adminSessions: AdminSessionStore} {
  return {
    apiTokens: {
      ...all,
      get: async (id) => keepApiToken(await all.get(id)),
      list: async () => (await all.list()).filter((token) => !isSession(token)),
      async update(id, change) {
        // An id is given once: what is no session stays none.
        return keepApiToken(await all.get(id)) && all.update(id, change)
      },
    },
    adminSessions: {
      async get(id) {
        const token = await all.get(id)
        return token && isSession(token) ? toSession(token) : undefined
      },
      list: async () => (await all.list()).filter(isSession).map(toSession),
      put: (session) => all.put(fromSession(session)),
      async remove(id) {
        const token = await all.get(id)
        return token !== undefined && isSession(token) && all.remove(id)
      },
      noteUsed: (id, at) => all.noteUsed(id, at),
    },
  }
}

const keepApiToken = (token: ApiToken | undefined): ApiToken | undefined =>
  token && isSession(token) ? undefined : token

/** `admin-session`, `admin-session:<id of an API token>:<its salt>`, `admin-link`. */
const SCOPE = /^admin-(session|link)(?::([A-Za-z0-9]{8}):([\w-]+))?$/

/** The same of a record as it is stored. */
export const isSessionRecord = (value: unknown): boolean =>
  isObject(value) && Array.isArray(value.scopes) && SCOPE.test(String(value.scopes[0]))

const isSession = ({scopes: [scope = '']}: ApiToken): boolean => SCOPE.test(scope)

function fromSession({
  id,
  kind,
  browser,
  salt,
  hmac,
  begunWith,
  begunAt,
  endsAt,
  lastUsedAt,
}: AdminSessionRecord): ApiToken {
  return {
    id,
    name: browser,
    salt,
    hmac,
    scopes: [`admin-${kind}${begunWith ? `:${begunWith.id}:${begunWith.salt}` : ''}`],
    as: [],
    asAny: false,
    issuedAt: begunAt,
    expiresAt: endsAt,
    ...(lastUsedAt !== undefined && {lastUsedAt}),
  }
}

function toSession({
  id,
  name,
  salt,
  hmac,
  scopes,
  issuedAt,
  expiresAt = issuedAt,
  lastUsedAt,
}: ApiToken): AdminSessionRecord {
  const [, kind, delegateId, delegateSalt] = SCOPE.exec(scopes[0] ?? '') ?? []
  return {
    id,
    kind: kind === 'link' ? 'link' : 'session',
    browser: name,
    salt,
    hmac,
    ...(delegateId !== undefined && delegateSalt !== undefined && {begunWith: {id: delegateId, salt: delegateSalt}}),
    begunAt: issuedAt,
    endsAt: expiresAt,
    ...(lastUsedAt !== undefined && {lastUsedAt}),
  }
}
