import assert from 'node:assert/strict'

import {diagnoseAccounts} from '../../../src/broker/diagnose-accounts.js'
import {importSubject} from '../../../src/model/unfinished-import.js'
import {makeBrokerWorld, type BrokerWorld} from '../../support/broker-world.js'
import {makeProvider} from '../../support/make-provider.js'

const FORGE = makeProvider({name: 'forge'})

describe('diagnoseAccounts', () => {
  let world: BrokerWorld
  beforeEach(async () => (world = await makeBrokerWorld()))
  afterEach(() => world.dispose())

  const diagnose = async () => (await diagnoseAccounts(world.deps)).map(({status, code, hint}) => [status, code, hint])

  it('has nothing to say before there is a provider, and asks for a login then', async () => {
    assert.deepEqual(await diagnose(), [])
    await world.store.providers.put(FORGE)
    assert.deepEqual(await diagnose(), [['warning', undefined, 'behalf login']])
  })

  it('says in one line that all is well, also of an access token that is over', async () => {
    await world.store.providers.put(FORGE)
    await world.addAccount(FORGE)
    world.clock.advance(365 * 86_400_000)
    assert.deepEqual(await diagnose(), [['ok', undefined, undefined]])
  })

  it('names each account that a person must see to, and the command', async () => {
    await world.store.providers.put(FORGE)
    await world.addAccount(FORGE, {
      userId: '1',
      login: 'a_bot',
      state: {kind: 'login-needed', reason: 'rejected', since: 0},
    })
    await world.addAccount(FORGE, {userId: '2', login: 'doubtful'})
    const lock = await world.store.accounts.lock('forge:2', {waitMs: 1000})
    await lock.begin()
    await lock.release()
    const subject = importSubject('0123456789abcdef')
    await world.addAccount(FORGE, {userId: '3', role: 'user', subject, key: `forge@${subject}`})
    await world.addAccount(FORGE, {userId: '4', login: 'well'})
    assert.deepEqual(await diagnose(), [
      ['problem', 'login-needed', 'behalf bot add --provider forge --expect a_bot'],
      ['warning', undefined, 'behalf refresh forge/doubtful'],
      ['warning', undefined, `behalf logout forge/subject:${subject}`],
    ])
  })
})
