import {issueApiToken} from '../../src/broker/issue-api-token.js'
import {listSessions} from '../../src/broker/admin-sessions.js'
import {LOGIN_PATH} from '../../src/daemon/admin/accounts/login-path.js'
import type {Activity} from '../../src/daemon/observe/activity.js'
import {createRefreshHistory, type RefreshHistory} from '../../src/daemon/observe/refresh-history.js'
import type {ScheduleStatus} from '../../src/daemon/schedule/schedule-status.js'
import {FLOW_LIFE_MS, sessionStarter, type Flow} from '../../src/model/flow.js'
import {Secret} from '../../src/model/secret.js'
import {DAY_MS, HOUR_MS, MINUTE_MS, type Clock} from '../../src/model/time.js'
import type {BrokerWorld} from './broker-world.js'
import {makePointsRequest} from './make-points-request.js'
import {makeProvider} from './make-provider.js'
import {makeTwitch} from './make-twitch.js'

const LONG = 'endless'.repeat(20)
const TWITCH = makeTwitch('http://localhost:9', {id: 'made-up-client-id', secret: 'made-up-client-secret'})

/** Puts accounts of all states and kinds, API tokens and points into a store, under names that are hard to show. */
export async function stockAdmin(world: BrokerWorld): Promise<void> {
  const {deps, store, clock} = world
  const now = clock.now()
  const other = makeProvider({
    name: 'example',
    clientId: 'a-client-with-a-long-id-'.repeat(4),
    apiUrl: 'https://api.example.test',
  })
  await store.providers.put(TWITCH)
  await store.providers.put(other)
  await world.addAccount(TWITCH, {
    userId: '1001',
    login: 'streamer_sam',
    displayName: 'Streamer_Sam',
    role: 'owner',
    lastRefresh: {at: now - HOUR_MS, cause: 'due'},
    lastValidatedAt: now - 5 * MINUTE_MS,
    credential: {issuedAt: now - HOUR_MS, expiresAt: now + 3 * HOUR_MS, scopes: [...(TWITCH.scopes.owner ?? [])]},
  })
  await world.addAccount(TWITCH, {userId: '2002', login: 'techydrroid', displayName: 'TechyDrroid'})
  await world.addAccount(TWITCH, {
    userId: '2003',
    login: 'otherbot',
    displayName: 'بوت \u202Eعربي',
    state: {kind: 'login-needed', reason: 'rejected', since: now - DAY_MS, detail: 'Invalid refresh token'},
    lastFailure: {at: now - DAY_MS, count: 3, summary: 'The provider refused it.', scheduleNotBefore: now},
  })
  await world.addAccount(TWITCH, {
    userId: '2004',
    login: 'expired_eve',
    displayName: '<img src=x onerror=alert(1)>',
    credential: {issuedAt: now - 5 * HOUR_MS, expiresAt: now - HOUR_MS},
  })
  const moment = clock.moment()
  await world.addAccount(other, {
    userId: '9',
    login: LONG,
    displayName: LONG,
    doubt: {cause: 'lost-reply', since: moment, lastSentAt: moment, sends: 2},
    credential: {issuedAt: now - 50 * MINUTE_MS, expiresAt: now + 4 * MINUTE_MS, scopes: [LONG, 'read']},
  })
  await world.addAccount(other, {userId: '10', login: 'zo\u00eb', role: 'user', subject: 'slack:U02AB'})

  const common = {asAny: true, as: []}
  await issueApiToken(deps, {name: 'overlay', scopes: ['helix:read'], ...common})
  await issueApiToken(deps, {
    name: LONG.slice(0, 100),
    scopes: ['helix:GET:/users', 'helix:*:/channels/**', 'chat'],
    ...common,
  })
  const old = await issueApiToken(deps, {
    name: '"><script>alert(1)</script>',
    scopes: ['metrics:read'],
    asAny: false,
    as: [],
  })
  await store.apiTokens.update(old.apiToken.id, (token) => ({...token, revokedAt: now - DAY_MS}))
  await issueApiToken(deps, {
    name: 'soon over',
    scopes: ['api:example:read'],
    asAny: false,
    as: ['techydrroid'],
    expiresInMs: HOUR_MS,
  })

  for (const [user, points] of [
    ['viewer_vera', 1200],
    ['مشاهد', 35],
    [LONG.slice(0, 60), 7],
  ] as const) {
    await store.points.change(
      makePointsRequest({user, step: {kind: 'add', points}, why: 'a raffle', at: now - HOUR_MS}),
    )
  }
  await store.points.change(
    makePointsRequest({user: 'viewer_vera', step: {kind: 'add', points: -200}, why: LONG, at: now}),
  )
}

/** Calls of all outcomes. */
export function stockActivity(activity: Activity): void {
  const calls = [
    {method: 'GET', path: '/api/twitch/helix/users', status: 200, durationMs: 83},
    {method: 'POST', path: '/api/twitch/helix/chat/messages', status: 204, durationMs: 120, userAgent: '<b>bold</b>'},
    {method: 'DELETE', path: `/api/twitch/helix/${LONG}`, status: 403, code: 'missing-scope', durationMs: 2},
    {method: 'GET', path: '/api/twitch/helix/streams', status: 502, code: 'provider-unavailable', durationMs: 5003},
  ]
  for (const call of calls) {
    activity.noteCall({
      apiToken: {id: 'abcdefgh', name: 'overlay'},
      account: {key: 'twitch:2002', provider: 'twitch', login: 'techydrroid', userId: '2002', role: 'bot'},
      userAgent: 'curl/8.14.1',
      ...call,
    })
  }
}

/** A day of refreshes of all outcomes, with an outage of a provider in it. */
export function stockRefreshes(clock: Pick<Clock, 'now'>): RefreshHistory {
  const start = clock.now() - DAY_MS + HOUR_MS
  let halfHours = 0
  const past = createRefreshHistory({clock: {now: () => start + halfHours * 30 * MINUTE_MS}})
  const note = (outcome: string, count: number): void => {
    for (let index = 0; index < count; index += 1) past.count(outcome)
  }
  for (; halfHours < 45; halfHours += 1) {
    const isOutage = halfHours > 19 && halfHours < 24
    note('refreshed', isOutage ? 1 : 12 + (halfHours % 7) * 3)
    note('unavailable', isOutage ? 18 : 0)
    note('superseded', halfHours % 6)
    note('in-doubt', halfHours === 24 ? 3 : 0)
    note('rejected', halfHours % 15 === 4 ? 2 : 0)
    note('misconfigured', halfHours === 38 ? 5 : 0)
  }
  return past
}

/** A schedule whose providers are in all states. */
export function stockSchedule(clock: Pick<Clock, 'now'>): ScheduleStatus {
  const now = clock.now()
  const common = {due: 0, underWay: 0}
  return {
    startedAt: now - 3 * DAY_MS,
    isWorking: true,
    clockIsBelieved: true,
    nextRefreshAt: now + 90_000,
    providers: [
      {...common, name: 'twitch', state: 'up', underWay: 2, nextRefreshAt: now + 90_000},
      {...common, name: 'example', state: 'down', reason: LONG, nextTryAt: now + 40_000, due: 14},
      {...common, name: 'jenkins', state: 'unproven'},
      {...common, name: 'mastodon', state: 'misconfigured', reason: 'invalid client: <b>unknown</b>', due: 1},
    ],
    recent: [],
  }
}

/**
 * Logins of the session that was begun last: one at its begin, one with a code for another device, one that is done, and
 * one by the wrong person.
 * @returns the paths of their pages
 */
export async function stockLogins({deps, store, clock}: BrokerWorld): Promise<string[]> {
  const [session] = await listSessions(deps)
  const now = clock.now()
  const put = async (id: string, parts: Partial<Flow>): Promise<string> => {
    await store.flows.put({
      id,
      state: new Secret(`made-up-state-of-${id}`),
      provider: 'twitch',
      role: 'bot',
      scopes: [...(TWITCH.scopes.bot ?? [])],
      redirectUri: 'http://localhost:8420/callback',
      startPage: true,
      ...(session && {startedBy: sessionStarter(session.id)}),
      createdAt: now - MINUTE_MS,
      expiresAt: now - MINUTE_MS + FLOW_LIFE_MS,
      ...parts,
    })
    return `${LOGIN_PATH}?flow=${id}`
  }
  const wait = {intervalMs: 5000, expiresAt: now + FLOW_LIFE_MS, nextPollAt: now + FLOW_LIFE_MS}
  const address = 'https://www.twitch.example.test/activate'
  const done = {created: true, missingScopes: ['chat:edit', LONG], cannotRefresh: true}
  return Promise.all([
    put('begun-login', {expect: 'id:2002'}),
    put('device-login', {
      device: {deviceCode: new Secret('made-up-device-code'), userCode: 'ABCD-EFGH', verificationUri: address, ...wait},
    }),
    put('done-login', {outcome: {kind: 'done', account: 'twitch:2002', ...done}}),
    put('failed-login', {
      outcome: {kind: 'failed', code: 'wrong-person', message: `This was ${LONG}, not TechyDrroid.`},
    }),
  ])
}
