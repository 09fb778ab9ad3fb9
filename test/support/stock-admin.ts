import {issueApiToken} from '../../src/broker/issue-api-token.js'
import type {Activity} from '../../src/daemon/observe/activity.js'
import {DAY_MS, HOUR_MS, MINUTE_MS} from '../../src/model/time.js'
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
