import assert from 'node:assert/strict'

import {pollDeviceFlows} from '../../../../src/broker/device-flow.js'
import {startFlow} from '../../../../src/broker/start-flow.js'
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
})
