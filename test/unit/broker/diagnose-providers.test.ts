import assert from 'node:assert/strict'

import {diagnoseProviders} from '../../../src/broker/diagnose-providers.js'
import {flagMisconfigured} from '../../../src/broker/load-provider.js'
import type {HealthCheck} from '../../../src/model/health-check.js'
import {Secret} from '../../../src/model/secret.js'
import type {ClientVerdict} from '../../../src/providers/provider-client.js'
import {makeBrokerWorld, makeProviderClient, makeProviderSource, type BrokerWorld} from '../../support/broker-world.js'
import {makeProvider} from '../../support/make-provider.js'

const FORGE = makeProvider({name: 'forge'})

describe('diagnoseProviders', () => {
  let world: BrokerWorld
  beforeEach(async () => {
    world = await makeBrokerWorld()
    await world.store.providers.put(FORGE)
  })
  afterEach(() => world.dispose())

  const diagnose = (verdict: ClientVerdict, offline = false) => {
    const providerClient = makeProviderClient(offline ? {} : {checkClient: () => Promise.resolve(verdict)})
    return diagnoseProviders({...world.deps, providerClient}, {offline})
  }
  async function requireOne(verdict: ClientVerdict, offline?: boolean): Promise<HealthCheck> {
    const {checks} = await diagnose(verdict, offline)
    assert.equal(checks.length, 1)
    const [check] = checks
    assert.ok(check)
    return check
  }
  const accepted: ClientVerdict = {kind: 'accepted', clockAheadMs: 1234}

  it('tells the clock’s difference of who told it', async () => {
    assert.deepEqual((await diagnose(accepted)).clockOffsets, [{provider: 'forge', aheadMs: 1234}])
    assert.deepEqual((await diagnose({kind: 'unavailable', reason: 'did not answer'})).clockOffsets, [])
  })

  it('finds nothing wrong with a service that knows no clients and answers', async () => {
    await world.store.providers.remove('forge')
    await world.store.providers.put({...FORGE, name: 'jenkins', credentialKinds: ['basic'], clientId: ''})
    const check = await requireOne({kind: 'unsupported', reason: 'it knows no clients'})
    assert.deepEqual([check.status, check.message], ['ok', 'jenkins answers.'])
  })

  for (const [fault, hint] of [
    ['client-id', 'behalf provider update forge --client-id …'],
    ['client-secret', 'behalf provider update forge --client-secret-file -'],
    ['secret-missing', 'behalf provider update forge --client-secret-file -'],
    ['secret-given', 'behalf provider update forge --auth-method none'],
    ['client', 'behalf provider update forge --client-secret-file -'],
  ] as const) {
    it(`names the command that mends: ${fault}`, async () => {
      const check = await requireOne({kind: 'refused', fault, reason: 'it said no'})
      assert.deepEqual([check.status, check.code, check.hint], ['problem', 'provider-misconfigured', hint])
      assert.match(check.message, /it said no/)
    })
  }

  it('knows of an earlier refusal without asking, until the provider takes the client again', async () => {
    await flagMisconfigured(world.deps, FORGE, 'it said no')
    const offline = await requireOne(accepted, true)
    assert.deepEqual([offline.status, offline.code], ['problem', 'provider-misconfigured'])
    assert.equal((await requireOne({kind: 'unsupported', reason: 'made up'})).status, 'problem')
    const again = await requireOne(accepted)
    assert.deepEqual([again.status, again.hint], ['warning', 'behalf login --provider forge'])
  })

  it('names the variable when the client is the environment’s', async () => {
    const overrides = [{name: 'forge', clientSecret: new Secret('made-up')}]
    const deps = {
      ...world.deps,
      providers: makeProviderSource({overrides}),
      providerClient: makeProviderClient({
        checkClient: () => Promise.resolve({kind: 'refused', fault: 'client-secret', reason: 'it said no'}),
      }),
    }
    const {checks} = await diagnoseProviders(deps, {offline: false})
    assert.match(checks[0]?.hint ?? '', /BEHALF_FORGE_CLIENT_SECRET/)
    await world.store.providers.remove('forge')
    const twitch = makeProviderSource({overrides: [{name: 'twitch', clientSecret: new Secret('made-up')}]})
    const alone = await diagnoseProviders({...deps, providers: twitch}, {offline: false})
    assert.deepEqual(
      alone.checks.map(({status, hint}) => [status, hint]),
      [['problem', 'Set BEHALF_TWITCH_CLIENT_ID.']],
    )
  })
})
