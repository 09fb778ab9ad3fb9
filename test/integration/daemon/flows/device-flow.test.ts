import assert from 'node:assert/strict'

import {pollDeviceFlows} from '../../../../src/broker/device-flow.js'
import type {BrokerDeps} from '../../../../src/broker/broker-deps.js'
import {startFlow} from '../../../../src/broker/start-flow.js'
import {BehalfError} from '../../../../src/model/behalf-error.js'
import type {Flow, FlowOutcome} from '../../../../src/model/flow.js'
import {approveDevice, findPendingDevice} from '../../../../src/sandbox/oauth/device-routes.js'
import {makeSandboxScene, type SandboxScene} from '../../../support/sandbox-scene.js'

const SUBJECT = 'slack:U02AB'
const flowPlace = {startPageOf: () => assert.fail('there is no page for it')}

describe('a flow at a Twitch client without a secret', () => {
  let scene: SandboxScene
  beforeEach(async () => {
    scene = await makeSandboxScene('public')
  })
  afterEach(() => scene.dispose())

  const start = (parts: {subject?: string; role?: 'bot'; expect?: string}) =>
    startFlow({...scene.deps, flowPlace}, {provider: 'twitch', ...parts})
  const approve = (userCode = '', login: string) => {
    const {state} = scene.sandbox
    const [device, user] = [findPendingDevice(state, userCode), state.findUserByLogin(login)]
    assert.ok(device && user)
    approveDevice(state, device, user)
  }
  const poll = async () => {
    scene.clock.advance(5000)
    return (await pollDeviceFlows(scene.deps)).map(({kind}) => kind)
  }
  const keys = async () => (await scene.store.accounts.list()).map(({key}) => key)

  it('is refused for a person who is not known: whoever is sent the code may enter it', async () => {
    for (const parts of [{subject: SUBJECT}, {}]) await assert.rejects(start(parts), {code: 'invalid-input'})
    assert.deepEqual(await scene.store.flows.list(), [])
  })

  it('ends once the person that is expected has entered the code', async () => {
    const {authorizationUrl, userCode} = await start({subject: SUBJECT, expect: '2002'})
    assert.ok(authorizationUrl.startsWith(scene.sandbox.url))
    assert.deepEqual(await poll(), [])
    approve(userCode, 'techydrroid')
    assert.deepEqual(await Promise.all([poll(), pollDeviceFlows(await scene.openAgain())]), [['done'], []])
    assert.deepEqual([await keys(), await poll()], [[`twitch@${SUBJECT}`], []])
  })

  it('keeps nothing of anybody else', async () => {
    const {userCode, flowId} = await start({subject: SUBJECT, expect: '2002'})
    approve(userCode, 'viewer_vera')
    assert.deepEqual(await poll(), ['failed'])
    const {outcome} = (await scene.store.flows.get(flowId)) ?? assert.fail()
    assert.deepEqual([await keys(), outcome?.kind === 'failed' && outcome.code], [[], 'wrong-person'])
  })

  it('saves the bot', async () => {
    const {userCode} = await start({role: 'bot'})
    approve(userCode, 'techydrroid')
    assert.deepEqual([await poll(), await keys()], [['done'], ['twitch:2002']])
  })

  it('asks no oftener than the provider said', async () => {
    await start({role: 'bot'})
    await pollDeviceFlows(scene.deps)
    assert.equal(scene.calls('/oauth2/token').length, 0)
    await poll()
    await pollDeviceFlows(scene.deps)
    assert.equal(scene.calls('/oauth2/token').length, 1)
  })

  describe('to which something happens while the provider is asked', () => {
    let flowId: string
    beforeEach(async () => {
      const started = await start({role: 'bot'})
      flowId = started.flowId
      approve(started.userCode, 'techydrroid')
    })

    type PollDevice = BrokerDeps['providerClient']['pollDevice']
    const pollWith = async (pollDevice: PollDevice) => {
      scene.clock.advance(30_000)
      const providerClient = {...scene.deps.providerClient, pollDevice}
      return (await pollDeviceFlows({...scene.deps, providerClient})).map(({kind}) => kind)
    }
    const change = (parts: Partial<Flow>) => scene.store.flows.update(flowId, (flow) => ({...flow, ...parts}))
    const outcome = async () => (await scene.store.flows.get(flowId))?.outcome

    it('gives the tokens back when somebody else has taken it', async () => {
      const ends = await pollWith(async (...asked) => {
        const polled = await scene.deps.providerClient.pollDevice(...asked)
        await change({takenAt: scene.clock.now()})
        return polled
      })
      assert.deepEqual([ends, await outcome(), await keys()], [[], undefined, []])
      assert.equal(scene.calls('/oauth2/revoke').length, 1)
    })

    it('keeps how it has ended', async () => {
      const end: FlowOutcome = {
        kind: 'done',
        account: 'twitch:1',
        created: true,
        missingScopes: [],
        cannotRefresh: false,
      }
      await pollWith(async () => {
        await change({outcome: end})
        return {kind: 'expired'}
      })
      assert.deepEqual(await outcome(), end)
    })

    for (const code of ['store-locked', 'lock-timeout', 'unavailable'] as const) {
      it(`goes on after what passes: ${code}`, async () => {
        assert.deepEqual(await pollWith(() => Promise.reject(new BehalfError(code, 'made up'))), [])
        assert.equal(await outcome(), undefined)
        assert.deepEqual(await pollWith((...asked) => scene.deps.providerClient.pollDevice(...asked)), ['done'])
      })
    }

    it('ends with the API token that started it, and asks nobody', async () => {
      await change({startedBy: 'AAAAAAAA'})
      assert.deepEqual([await pollWith(() => assert.fail('it was asked')), await keys()], [['failed'], []])
      const ended = await outcome()
      assert.equal(ended?.kind === 'failed' && ended.code, 'login-failed')
    })
  })
})
