import assert from 'node:assert/strict'
import {setFlagsFromString} from 'node:v8'
import {runInNewContext} from 'node:vm'

import {createStaleReads} from '../../../src/daemon/stale-reads.js'
import type {Account} from '../../../src/model/account.js'
import type {ApiToken} from '../../../src/model/api-token.js'
import {BehalfError} from '../../../src/model/behalf-error.js'
import {Secret} from '../../../src/model/secret.js'
import {SECOND_MS} from '../../../src/model/time.js'
import type {Store} from '../../../src/store/store.js'
import {makeBrokerWorld, type BrokerWorld} from '../../support/broker-world.js'
import {makeFailingStore, type FailingStore} from '../../support/failing-store.js'
import {makeProvider} from '../../support/make-provider.js'
import {until} from '../../support/until.js'

const STALE_MS = 10 * SECOND_MS
const ID = 'AAAAAAAA'

const makeApiToken = ({id}: {id: string}): ApiToken => ({
  id,
  name: 'made up',
  salt: 'made-up-salt',
  hmac: 'made-up-hmac',
  scopes: ['chat'],
  as: [],
  asAny: false,
  issuedAt: 0,
})

describe('what is read while the store cannot be reached', () => {
  let world: BrokerWorld
  let failing: FailingStore
  let store: Store
  let account: Account

  beforeEach(async () => {
    world = await makeBrokerWorld()
    account = await world.addAccount(makeProvider(), {login: 'techydrroid'})
    await world.store.providers.put(makeProvider())
    await world.store.apiTokens.put(makeApiToken({id: ID}))
    failing = makeFailingStore(world.store)
    store = createStaleReads(failing.store, world.clock, STALE_MS)
  })
  afterEach(() => world.dispose())

  const away = (read: Promise<unknown>): Promise<void> => assert.rejects(read, {code: 'store-unavailable'})

  const READS: Record<string, (from: Store) => Promise<unknown>> = {
    'an API token': (from) => from.apiTokens.get(ID),
    'an account': (from) => from.accounts.get(account.key),
    'what an account is called': (from) => from.accounts.name(account.key),
    'who is called so': (from) => from.accounts.find(['techydrroid']),
    'whose login it is': (from) => from.accounts.owners(),
    'what the secret of an API token gives': (from) => from.apiTokens.mac('salt', new Secret('made-up-secret')),
    'a provider': (from) => from.providers.get('example'),
    'that there is no such provider': (from) => from.providers.get('made-up'),
    'when the store was last written': (from) => from.lastWrittenAt(),
  }
  for (const [what, read] of Object.entries(READS)) {
    it(`is ${what}, as it was read last, until that is as long ago as is allowed`, async () => {
      const known = await read(store)
      failing.isAway = true
      world.clock.advance(STALE_MS - 1)
      assert.deepEqual(await read(store), known)
      world.clock.advance(1)
      await away(read(store))
    })
  }

  it('is nothing that was never read', async () => {
    await store.apiTokens.get(ID)
    failing.isAway = true
    await away(store.apiTokens.get('BBBBBBBB'))
    await away(store.accounts.get(account.key))
    await away(store.apiTokens.mac('salt', new Secret('a guess')))
  })

  it('counts for each token from its own last read', async () => {
    await world.store.apiTokens.put(makeApiToken({id: 'BBBBBBBB'}))
    await store.apiTokens.get(ID)
    world.clock.advance(STALE_MS / 2)
    await store.apiTokens.get('BBBBBBBB')
    failing.isAway = true
    world.clock.advance(STALE_MS / 2)
    await away(store.apiTokens.get(ID))
    assert.equal((await store.apiTokens.get('BBBBBBBB'))?.id, 'BBBBBBBB')
  })

  it('is not prolonged by being given again', async () => {
    await store.apiTokens.get(ID)
    failing.isAway = true
    world.clock.advance(STALE_MS - 1)
    await store.apiTokens.get(ID)
    world.clock.advance(1)
    await away(store.apiTokens.get(ID))
  })

  it('is as old as the clock that ran furthest says: after a sleep of the machine, and after its clock was set back', async () => {
    await store.apiTokens.get(ID)
    failing.isAway = true
    world.clock.advanceWall(STALE_MS)
    await away(store.apiTokens.get(ID))

    failing.isAway = false
    await store.apiTokens.get(ID)
    failing.isAway = true
    world.clock.advanceWall(-STALE_MS * 100)
    world.clock.advanceMonotonic(STALE_MS)
    await away(store.apiTokens.get(ID))
  })

  /** The store, whose first read of an API token ends when the returned function is called with what it saw. */
  function holdFirstRead(): (seen: ApiToken) => void {
    let endRead: (seen: ApiToken) => void = () => undefined
    const first = new Promise<ApiToken>((resolve) => (endRead = resolve))
    const {apiTokens} = failing.store
    let reads = 0
    const get = (id: string) => (reads++ === 0 ? first : apiTokens.get(id))
    store = createStaleReads({...failing.store, apiTokens: {...apiTokens, get}}, world.clock, STALE_MS)
    return endRead
  }

  it('is as old as the beginning of its read, however late that ended', async () => {
    const endRead = holdFirstRead()
    const read = store.apiTokens.get(ID)
    world.clock.advance(STALE_MS)
    endRead(makeApiToken({id: ID}))
    assert.ok(await read)
    failing.isAway = true
    await away(store.apiTokens.get(ID))
  })

  it('is what the later of two reads saw, in whichever order they end', async () => {
    const endRead = holdFirstRead()
    const read = store.apiTokens.get(ID)
    world.clock.advance(1)
    await world.store.apiTokens.update(ID, (token) => ({...token, revokedAt: 1}))
    assert.equal((await store.apiTokens.get(ID))?.revokedAt, 1)
    endRead(makeApiToken({id: ID}))
    assert.equal((await read)?.revokedAt, undefined)
    failing.isAway = true
    assert.equal((await store.apiTokens.get(ID))?.revokedAt, 1)
  })

  it('is an account that was read by its name, as old as the name', async () => {
    const [named] = await store.accounts.find(['techydrroid'])
    assert.ok(named)
    world.clock.advance(STALE_MS - 1)
    const known = await store.accounts.getNamed(named)
    failing.isAway = true
    assert.deepEqual(await store.accounts.get(account.key), known)
    assert.deepEqual(await store.accounts.getNamed(named), known)
    world.clock.advance(1)
    await away(store.accounts.get(account.key))
    await away(store.accounts.getNamed(named))
  })

  it('is read anew as soon as the store is back', async () => {
    await store.apiTokens.get(ID)
    await world.store.apiTokens.update(ID, (token) => ({...token, revokedAt: 1}))
    failing.isAway = true
    assert.equal((await store.apiTokens.get(ID))?.revokedAt, undefined)
    failing.isAway = false
    assert.equal((await store.apiTokens.get(ID))?.revokedAt, 1)
    failing.isAway = true
    assert.equal((await store.apiTokens.get(ID))?.revokedAt, 1)
  })

  it('is nothing where the store says something else than that it cannot be reached', async () => {
    await store.apiTokens.get(ID)
    failing.isAway = true
    failing.error = new BehalfError('store-damaged', 'made up')
    await assert.rejects(store.apiTokens.get(ID), {code: 'store-damaged'})
  })

  it('lets nothing be written, locked or listed', async () => {
    const token = await store.apiTokens.get(ID)
    assert.ok(token)
    await store.accounts.get(account.key)
    failing.isAway = true
    await away(store.apiTokens.put(token))
    await away(store.apiTokens.update(ID, (current) => current))
    await away(store.apiTokens.list())
    await away(store.accounts.update(account.key, (current) => current))
    await away(store.accounts.lock(account.key, {waitMs: 0}))
    await away(store.accounts.list())
    await away(store.accounts.names())
    await away(store.providers.list())
    await away(store.flows.list())
  })

  it('does not fail for a note of its use that cannot be kept', async () => {
    failing.isAway = true
    await store.apiTokens.noteUsed(ID, world.clock.now())
  })

  it('is nothing at all with --stale-auth 0s', async () => {
    store = createStaleReads(failing.store, world.clock, 0)
    await store.apiTokens.get(ID)
    failing.isAway = true
    await away(store.apiTokens.get(ID))
  })

  it('is forgotten for the oldest of very many names', async () => {
    await store.providers.get('example')
    for (let i = 0; i < 10_000; i += 1) await store.providers.get(`made-up-${String(i)}`)
    failing.isAway = true
    await away(store.providers.get('example'))
    assert.equal(await store.providers.get('made-up-9999'), undefined)
  })

  it('is an API token, however many ids somebody makes up', async () => {
    await store.apiTokens.get(ID)
    for (let i = 0; i < 10_000; i += 1) await store.apiTokens.get(`made-up-${String(i)}`)
    failing.isAway = true
    assert.equal((await store.apiTokens.get(ID))?.id, ID)
    await away(store.apiTokens.get('made-up-9999'))
  })

  it('is no API token that is there no more', async () => {
    const {apiTokens} = failing.store
    let get = apiTokens.get.bind(apiTokens)
    store = createStaleReads({...failing.store, apiTokens: {...apiTokens, get: (id) => get(id)}}, world.clock, STALE_MS)
    await store.apiTokens.get(ID)
    get = () => Promise.resolve(undefined)
    await store.apiTokens.get(ID)
    get = () => Promise.reject(new BehalfError('store-unavailable', 'made up'))
    await away(store.apiTokens.get(ID))
  })

  it('is not held in memory once it may be given no more', async () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const {apiTokens} = failing.store
    const get = (id: string) => Promise.resolve(makeApiToken({id}))
    store = createStaleReads({...failing.store, apiTokens: {...apiTokens, get}}, world.clock, 20)
    const read = new WeakRef((await store.apiTokens.get(ID)) ?? {})
    world.clock.advance(20)
    await until('it is collected', () => {
      collect()
      return read.deref() === undefined
    })
  })
})
