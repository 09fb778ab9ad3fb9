import type {AdminSessionRecord} from '../model/admin-session.js'
import {API_TOKEN_ID_LENGTH, formatApiToken, parseApiToken} from '../model/api-token-text.js'
import type {ApiToken} from '../model/api-token.js'
import {BehalfError} from '../model/behalf-error.js'
import {readableText} from '../model/readable-text.js'
import type {Secret} from '../model/secret.js'
import {HOUR_MS, MINUTE_MS, type EpochMs} from '../model/time.js'
import {isSecretOf, stateOf, unlockApiToken} from './api-tokens.js'
import type {BrokerDeps} from './broker-deps.js'
import {mintSecret} from './mint-secret.js'

type Deps = Pick<BrokerDeps, 'store' | 'clock'>
type MakingDeps = Deps & Pick<BrokerDeps, 'random'>

const LINK_LIFE_MS = MINUTE_MS
export const SESSION_LIFE_MS = 8 * HOUR_MS
const SESSION_IDLE_MS = 30 * MINUTE_MS
/** Of all people together; who comes then takes the place of the session that was used the longest time ago. */
const MAX_SESSIONS = 20
const MAX_BROWSER_LENGTH = 100

/** A session that goes on. */
export interface AdminSession {
  id: string
  browser: string
  /**
   * The API token that it was begun with, as it is now: the session may do what that may (docs/decisions/0023).
   * Undefined: begun by a link, whose maker opens the store.
   */
  delegate?: ApiToken
  begunAt: EpochMs
  /** When it ends at the latest. */
  endsAt: EpochMs
  lastUsedAt: EpochMs
}

/** A session and the text by which its browser is known: a secret, for a cookie. */
export interface BegunSession {
  session: AdminSession
  text: Secret
}

/** Makes a link that begins one session, once, within a minute. @returns its code, which is a secret until then. */
export async function makeSignInLink(deps: MakingDeps): Promise<{code: Secret; endsAt: EpochMs}> {
  await removeEnded(deps)
  const {record, text} = await makeRecord(deps, {kind: 'link', browser: '-', lifeMs: LINK_LIFE_MS})
  return {code: text, endsAt: record.endsAt}
}

/**
 * Begins a session by the code of a link. Of several who bring the same one, one comes in.
 * @param browser as it calls itself.
 * @throws BehalfError `refused` for a link that is over, was used, or never was.
 */
export async function beginSessionByLink(deps: MakingDeps, code: Secret, browser: string): Promise<BegunSession> {
  const link = await openRecord(deps, code, 'link')
  if (link && (await deps.store.adminSessions.remove(link.id))) return begin(deps, {browser})
  throw new BehalfError('refused', 'This link was used already, or is more than a minute old.', {
    hint: 'Make another at the terminal: `behalf admin`',
  })
}

/**
 * Begins a session by an API token with `admin`, which it does not outlive.
 * @throws BehalfError `refused`; whether there is such a token, or it lacks the scope, is one answer.
 */
export async function beginSessionByApiToken(deps: MakingDeps, text: Secret, browser: string): Promise<BegunSession> {
  const delegate = await unlockApiToken(deps, text)
  if (delegate?.scopes.includes('admin')) return begin(deps, {browser, delegate})
  throw new BehalfError('refused', 'This is no API token with the scope admin.', {
    hint: '`behalf token list` shows which there are.',
  })
}

/** The session that a cookie's text belongs to, as it is now; undefined where it is over, or never was. */
export async function findSession(deps: Deps, text: Secret): Promise<AdminSession | undefined> {
  const record = await openRecord(deps, text, 'session')
  return record && (await toLiveSession(deps, record))
}

/** Notes that somebody looks: it does not end for half an hour. To the minute. */
export async function noteSessionUsed({store, clock}: Deps, {id, lastUsedAt}: AdminSession): Promise<void> {
  const now = clock.now()
  if (Math.abs(now - lastUsedAt) >= MINUTE_MS) await store.adminSessions.noteUsed(id, now)
}

/** All that go on, the latest first. */
export async function listSessions(deps: Deps): Promise<AdminSession[]> {
  const records = await deps.store.adminSessions.list()
  const sessions = await Promise.all(records.map((record) => toLiveSession(deps, record)))
  return sessions.filter((session) => session !== undefined).reverse()
}

/** Ends a session. One that is over is over. */
export async function endSession({store}: Pick<BrokerDeps, 'store'>, id: string): Promise<void> {
  await store.adminSessions.remove(id)
}

/** Ends every session, and every link that waits. @returns how many sessions there were. */
export async function endAllSessions(deps: Deps): Promise<number> {
  const records = await deps.store.adminSessions.list()
  for (const {id} of records) await deps.store.adminSessions.remove(id)
  return records.filter(({kind}) => kind === 'session').length
}

async function begin(
  deps: MakingDeps,
  {browser, delegate}: {browser: string; delegate?: ApiToken},
): Promise<BegunSession> {
  await removeEnded(deps)
  const shown = readableText(browser, MAX_BROWSER_LENGTH)
  const begunWith = delegate && {begunWith: {id: delegate.id, salt: delegate.salt}}
  const {record, text} = await makeRecord(deps, {
    kind: 'session',
    browser: shown === '' ? '-' : shown,
    lifeMs: SESSION_LIFE_MS,
    ...begunWith,
  })
  return {session: viewSession(record, delegate), text}
}

async function makeRecord(
  deps: MakingDeps,
  {lifeMs, ...parts}: Pick<AdminSessionRecord, 'kind' | 'browser' | 'begunWith'> & {lifeMs: number},
): Promise<{record: AdminSessionRecord; text: Secret}> {
  const id = deps.random.alphanumeric(API_TOKEN_ID_LENGTH)
  const {secret, ...lock} = await mintSecret(deps)
  const begunAt = deps.clock.now()
  const record: AdminSessionRecord = {id, ...parts, ...lock, begunAt, endsAt: begunAt + lifeMs}
  await deps.store.adminSessions.put(record)
  return {record, text: formatApiToken(id, secret)}
}

async function openRecord(
  deps: Deps,
  text: Secret,
  kind: AdminSessionRecord['kind'],
): Promise<AdminSessionRecord | undefined> {
  const parsed = parseApiToken(text)
  const record = parsed && (await deps.store.adminSessions.get(parsed.id))
  if (!record || !(await isSecretOf(deps, record, parsed.secret))) return undefined
  return record.kind === kind && !isOver(record, deps.clock.now()) ? record : undefined
}

async function toLiveSession(deps: Deps, record: AdminSessionRecord): Promise<AdminSession | undefined> {
  const now = deps.clock.now()
  const {kind, begunWith} = record
  if (kind !== 'session' || isOver(record, now)) return undefined
  if (!begunWith) return viewSession(record)
  const delegate = await deps.store.apiTokens.get(begunWith.id)
  // A new secret was given to somebody else than who began it, or for a reason.
  const isStill =
    delegate?.salt === begunWith.salt && stateOf(delegate, now) === 'active' && delegate.scopes.includes('admin')
  return isStill ? viewSession(record, delegate) : undefined
}

function isOver({kind, begunAt, lastUsedAt = begunAt, endsAt}: AdminSessionRecord, now: EpochMs): boolean {
  return now >= endsAt || (kind === 'session' && now >= lastUsedAt + SESSION_IDLE_MS)
}

function viewSession(record: AdminSessionRecord, delegate?: ApiToken): AdminSession {
  const {id, browser, begunAt, lastUsedAt = begunAt, endsAt} = record
  return {
    id,
    browser,
    begunAt,
    lastUsedAt,
    endsAt: Math.min(endsAt, delegate?.expiresAt ?? Infinity),
    ...(delegate && {delegate}),
  }
}

/** What is over, and what there is no room for. */
async function removeEnded({store, clock}: Deps): Promise<void> {
  const records = await store.adminSessions.list()
  const now = clock.now()
  const live = records.filter((record) => !isOver(record, now))
  const usedAt = ({lastUsedAt, begunAt}: AdminSessionRecord): EpochMs => lastUsedAt ?? begunAt
  const crowd = (['session', 'link'] as const).flatMap((kind) =>
    live
      .filter((record) => record.kind === kind)
      .sort((a, b) => usedAt(b) - usedAt(a))
      .slice(MAX_SESSIONS - 1),
  )
  for (const {id} of [...records.filter((record) => isOver(record, now)), ...crowd]) {
    await store.adminSessions.remove(id)
  }
}
