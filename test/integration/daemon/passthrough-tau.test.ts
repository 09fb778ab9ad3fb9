import assert from 'node:assert/strict'

import {startPassthrough, type PassthroughScene} from '../../support/passthrough-scene.js'
import {makeSandboxScene, type SandboxScene} from '../../support/sandbox-scene.js'

describe('the Helix passthrough for clients of TAU', () => {
  let scene: SandboxScene
  let daemon: PassthroughScene
  let token: string

  beforeEach(async () => {
    scene = await makeSandboxScene()
    await scene.logIn('techydrroid')
    await scene.logIn('streamer_sam')
    daemon = await startPassthrough(scene.deps)
    token = await daemon.issue(['helix'])
  })

  afterEach(async () => {
    await daemon.stop()
    await scene.dispose()
  })

  /** As TAU's Go client writes its requests. */
  const call = (path: string, init: {method?: string; as?: string; body?: string; token?: string} = {}) =>
    fetch(`${daemon.origin}/api/twitch/helix/${path}`, {
      method: init.method ?? 'GET',
      headers: {
        Authorization: `Token ${init.token ?? token}`,
        'Content-Type': 'application/json',
        'User-Agent': 'Go-http-client/1.1',
        'X-TAU-On-Behalf-Of': init.as ?? 'techydrroid',
      },
      ...(init.body !== undefined && {body: init.body}),
    })

  it('answers each bot as itself', async () => {
    for (const login of ['techydrroid', 'streamer_sam']) {
      const response = await call('users/?format=json', {as: login})
      assert.equal(response.status, 200)
      const {data} = (await response.json()) as {data: {login: string}[]}
      assert.deepEqual(
        data.map((user) => user.login),
        [login],
      )
    }
  })
})
