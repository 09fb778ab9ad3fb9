import assert from 'node:assert/strict'

import {createLoginOffer, type LoginOffer} from '../../../src/broker/offer-login.js'
import type {Account} from '../../../src/model/account.js'
import {Secret} from '../../../src/model/secret.js'
import {createProviderClient} from '../../../src/providers/oauth-client.js'
import {makeBrokerWorld, type BrokerWorld} from '../../support/broker-world.js'
import {createFakeClock} from '../../support/fake-clock.js'
import {makeProvider} from '../../support/make-provider.js'

const CALLER = {id: 'caller-1', scopes: ['api:example', 'flow:start']}

describe('a login that is offered with a failure', () => {
  let world: BrokerWorld
  let offer: LoginOffer
  let account: Account

  beforeEach(async () => {
    const clock = createFakeClock()
    world = await makeBrokerWorld({clock, client: createProviderClient({clock})})
    const provider = makeProvider()
    await world.store.providers.put(provider)
    account = await world.addAccount(provider, {role: 'user', subject: 'slack:U1', userId: '7', login: 'ada'})
    offer = createLoginOffer(world.deps)
  })

  afterEach(() => world.dispose())

  it('is the provider’s own page, for the person that the subject is known to be, begun by the caller', async () => {
    const url = await offer(account, CALLER)
    assert.ok(url?.startsWith('https://id.example.test/authorize?'))
    const [flow, ...others] = await world.store.flows.list()
    assert.deepEqual(others, [])
    const {provider, role, subject, expect, startedBy} = flow ?? {}
    assert.deepEqual([provider, role, subject, expect], ['example', 'user', 'slack:U1', 'id:7'])
    assert.equal(startedBy, 'caller-1')
  })

  it('is the same while it waits for its person, however often and at once it is asked for', async () => {
    const urls = await Promise.all(Array.from({length: 20}, () => offer(account, CALLER)))
    world.clock.advance(7 * 60_000)
    urls.push(await offer(account, CALLER))
    assert.equal(new Set(urls).size, 1)
    assert.equal((await world.store.flows.list()).length, 1)
  })

  it('is another one for another caller, and once it has been used or has little time left', async () => {
    const first = await offer(account, CALLER)
    const other = await offer(account, {...CALLER, id: 'caller-2'})
    world.clock.advance(8 * 60_000 + 1)
    const second = await offer(account, CALLER)
    const [flow] = (await world.store.flows.list()).filter(
      ({startedBy, createdAt}) => startedBy === 'caller-1' && createdAt === world.clock.now(),
    )
    await world.store.flows.update(flow?.id ?? '', (current) => ({...current, takenAt: world.clock.now()}))
    const third = await offer(account, CALLER)
    assert.equal(new Set([first, other, second, third]).size, 4)
    assert.ok(![first, other, second, third].includes(undefined))
  })

  it('is none for a caller that may not start flows, nor for an owner or a bot', async () => {
    assert.equal(await offer(account, {...CALLER, scopes: ['api:example']}), undefined)
    const bot = await world.addAccount(makeProvider(), {role: 'bot', userId: '8', login: 'droid'})
    assert.equal(await offer(bot, CALLER), undefined)
    assert.deepEqual(await world.store.flows.list(), [])
  })

  it('is none for an API key or a password, nor where no flow can be begun', async () => {
    await world.store.accounts.update(account.key, (current) => ({
      ...current,
      credential: {kind: 'api-key', key: new Secret('made-up'), issuedAt: 1},
    }))
    assert.equal(await offer(account, CALLER), undefined)
    const {authorizeUrl: _none, ...provider} = makeProvider({name: 'other'})
    await world.store.providers.put(provider)
    const other = await world.addAccount(provider, {role: 'user', subject: 'slack:U1', userId: '9', login: 'ada'})
    assert.equal(await offer(other, CALLER), undefined)
    await world.store.providers.put(makeProvider({name: 'other'}))
    assert.notEqual(await offer(other, CALLER), undefined)
  })
})
