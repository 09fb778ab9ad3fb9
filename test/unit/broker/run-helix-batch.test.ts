import assert from 'node:assert/strict'

import {
  runHelixBatch,
  type BatchEntry,
  type BatchOptions,
  type BatchOutcome,
} from '../../../src/broker/run-helix-batch.js'
import {BehalfError} from '../../../src/model/behalf-error.js'
import {Secret} from '../../../src/model/secret.js'
import {MINUTE_MS, SECOND_MS} from '../../../src/model/time.js'
import {makeHelixScene, type HelixScene} from '../../support/helix-scene.js'

describe('runHelixBatch', () => {
  let scene: HelixScene
  beforeEach(async () => {
    scene = await makeHelixScene()
  })
  afterEach(() => scene.dispose())

  const entry = (line: number, path = `made/up/${String(line)}`): BatchEntry => ({
    line,
    request: {method: 'GET', path, query: []},
  })
  async function* toSource(entries: BatchEntry[]): AsyncGenerator<BatchEntry> {
    for (const one of entries) yield await Promise.resolve(one)
  }
  async function run(entries: BatchEntry[], options: Partial<BatchOptions> = {}): Promise<BatchOutcome[]> {
    const outcomes: BatchOutcome[] = []
    for await (const outcome of runHelixBatch(scene.deps, toSource(entries), {concurrency: 4, ...options})) {
      outcomes.push(outcome)
    }
    return outcomes
  }
  const summary = (outcomes: BatchOutcome[]) =>
    outcomes.map(({line, result}) => [line, result instanceof BehalfError ? result.code : result.status])

  it('answers each line in its order, and goes on after those that fail', async () => {
    scene.answer = ({path}) => {
      if (path === '/made/up/2') return {status: 404}
      if (path === '/made/up/3') return {error: new BehalfError('unavailable', 'made-up')}
      return {}
    }
    const broken: BatchEntry = {line: 4, request: new BehalfError('invalid-input', 'made-up')}
    const stranger: BatchEntry = {line: 6, request: {method: 'GET', path: 'users', query: [], as: 'nobody'}}
    const outcomes = await run([entry(1), entry(2), entry(3), broken, entry(5, '../users'), stranger, entry(7)])
    assert.deepEqual(summary(outcomes), [
      [1, 200],
      [2, 404],
      [3, 'unavailable'],
      [4, 'invalid-input'],
      [5, 'invalid-input'],
      [6, 'account-not-found'],
      [7, 200],
    ])
  })

  it('makes a fault of its own that of one line', async () => {
    scene.answer = ({path}) => (path === '/made/up/1' ? {error: new TypeError('made-up')} : {})
    assert.deepEqual(summary(await run([entry(1), entry(2)])), [
      [1, 'internal'],
      [2, 200],
    ])
  })

  it('asks for the token once for calls of a moment, and again after it', async () => {
    let opened = 0
    const {accounts} = scene.store
    const get = accounts.get.bind(accounts)
    accounts.get = (key) => {
      opened += 1
      return get(key)
    }
    await run(Array.from({length: 50}, (_, index) => entry(index + 1)))
    assert.equal(opened, 1)
    scene.clock.advance(SECOND_MS)
    await run([entry(1)])
    assert.equal(opened, 2)
    accounts.get = get
  })

  it('refreshes a token that is refused once, and uses the new one from then on', async () => {
    scene.clock.advance(2 * MINUTE_MS)
    const renewed = 'made-up-renewed-token'
    const {accounts} = scene.store
    scene.answer = async (_request, token) => {
      if (token === renewed) return {}
      // Another process has refreshed it.
      await accounts.update('twitch:1001', (account) => ({
        ...account,
        credential: {...account.credential, accessToken: new Secret(renewed)},
      }))
      return {status: 401}
    }
    const outcomes = await run(Array.from({length: 12}, (_, index) => entry(index + 1)))
    assert.ok(outcomes.every(({result}) => 'status' in result && result.status === 200))
    const refused = scene.calls.filter(({token}) => token !== renewed)
    assert.ok(refused.length <= 4, String(refused.length))
  })

  it('uses no token of an account that has been removed a moment ago', async () => {
    async function* source(): AsyncGenerator<BatchEntry> {
      yield await Promise.resolve(entry(1))
      const lock = await scene.store.accounts.lock('twitch:1001', {waitMs: 1000})
      await lock.remove()
      await lock.release()
      scene.clock.advance(SECOND_MS)
      yield entry(2)
    }
    const outcomes: BatchOutcome[] = []
    for await (const outcome of runHelixBatch(scene.deps, source(), {concurrency: 1})) outcomes.push(outcome)
    assert.deepEqual(summary(outcomes), [
      [1, 200],
      [2, 'login-needed'],
    ])
  })

  it('lets each call wait its turn at a slow bucket, however many stand in line', async () => {
    scene.answer = () => ({
      headers: {'Ratelimit-Limit': '2', 'Ratelimit-Remaining': '0', Date: new Date(scene.clock.now()).toUTCString()},
    })
    const outcomes = await run(
      Array.from({length: 10}, (_, index) => entry(index + 1)),
      {maxWaitMs: MINUTE_MS},
    )
    assert.ok(outcomes.every(({result}) => 'status' in result && result.status === 200))
    const [first = 0, last = 0] = [scene.calls[0]?.atMs, scene.calls.at(-1)?.atMs]
    assert.ok(last - first >= 9 * 29 * SECOND_MS, `${String(last - first)} ms`)
  })

  it('ends when it is interrupted', async () => {
    const stop = new AbortController()
    scene.answer = ({path}) => {
      if (path === '/made/up/3') stop.abort(new BehalfError('interrupted', 'Interrupted.'))
      return {}
    }
    const entries = Array.from({length: 100}, (_, index) => entry(index + 1))
    await assert.rejects(run(entries, {signal: stop.signal, concurrency: 1}), {code: 'interrupted'})
    assert.ok(scene.calls.length < 10, String(scene.calls.length))
  })
})
