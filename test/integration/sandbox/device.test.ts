import assert from 'node:assert/strict'

import {startSandbox, type Sandbox} from '../../../src/sandbox/start-sandbox.js'
import {createFakeClock, type FakeClock} from '../../support/fake-clock.js'
import {SandboxBrowser} from '../../support/sandbox-browser.js'
import {assertIdentityError, SandboxCaller, type TokenAnswer} from '../../support/sandbox-caller.js'

interface Started {
  device_code: string
  expires_in: number
  interval: number
  user_code: string
  verification_uri: string
}

const pathOf = (url: string): string => new URL(url).pathname + new URL(url).search

describe('sandbox device flow', () => {
  let sandbox: Sandbox
  let caller: SandboxCaller
  let clock: FakeClock

  beforeEach(async () => {
    clock = createFakeClock()
    sandbox = await startSandbox({clock})
    caller = new SandboxCaller(sandbox)
  })
  afterEach(() => sandbox.stop())

  const start = async (fields: Record<string, string> = {scopes: 'chat:read user:bot'}): Promise<Started> =>
    (await caller.post('device', {client_id: caller.publicClient.id, ...fields})).json as Started

  it('starts as Twitch does', async () => {
    const started = await start()
    assert.deepEqual(Object.keys(started).sort(), [
      'device_code',
      'expires_in',
      'interval',
      'user_code',
      'verification_uri',
    ])
    assert.match(started.device_code, /^[A-Za-z0-9]{40}$/)
    assert.match(started.user_code, /^[A-Z]{8}$/)
    assert.deepEqual([started.expires_in, started.interval], [1800, 5])
    assert.equal(started.verification_uri, `${sandbox.url}/activate?public=true&device-code=${started.user_code}`)
  })

  it('is pending, then gives tokens once', async () => {
    const {device_code: deviceCode, user_code: userCode} = await start()
    assertIdentityError(await caller.poll(deviceCode), 400, 'authorization_pending')
    assertIdentityError(await caller.poll(deviceCode), 400, 'authorization_pending')
    await caller.control('device/approve', {user_code: userCode, login: 'otherbot'})
    const answer = await caller.poll(deviceCode)
    const body = answer.json as TokenAnswer
    assert.deepEqual(Object.keys(body), ['access_token', 'expires_in', 'refresh_token', 'scope', 'token_type'])
    assert.deepEqual(body.scope, ['chat:read', 'user:bot'])
    assertIdentityError(await caller.poll(deviceCode), 400, 'invalid device code')
  })

  it('is not valid once denied', async () => {
    const {device_code: deviceCode, user_code: userCode} = await start()
    await caller.control('device/deny', {user_code: userCode})
    assertIdentityError(await caller.poll(deviceCode), 400, 'invalid device code')
  })

  it('expires after 1800 seconds, approved or not', async () => {
    const pending = await start()
    const approved = await start()
    await caller.control('device/approve', {user_code: approved.user_code, login: 'otherbot'})
    clock.advance(1_799_999)
    assertIdentityError(await caller.poll(pending.device_code), 400, 'authorization_pending')
    clock.advance(1)
    assertIdentityError(await caller.poll(pending.device_code), 400, 'invalid device code')
    assertIdentityError(await caller.poll(approved.device_code), 400, 'invalid device code')
    const answer = await caller.control('device/approve', {user_code: pending.user_code, login: 'otherbot'})
    assert.equal(answer.status, 404)
  })

  it('takes other times from the control plane', async () => {
    await caller.control('settings', {deviceSeconds: 60, deviceIntervalSeconds: 1})
    const started = await start()
    assert.deepEqual([started.expires_in, started.interval], [60, 1])
  })

  it('is confirmed by a person on the activation page', async () => {
    const {device_code: deviceCode, verification_uri: uri} = await start()
    const browser = new SandboxBrowser(caller)
    const page = await browser.logIn(pathOf(uri), 'techydrroid')
    assert.match(page.text, /Sandbox public app[\s\S]*chat:read[\s\S]*user:bot/)
    assert.match((await browser.decide(page, 'authorize')).text, /Device connected/)
    const {access_token: token} = (await caller.poll(deviceCode)).json as TokenAnswer
    const validated = (await caller.validate(token)).json as Record<string, unknown>
    assert.equal(validated.login, 'techydrroid')
    const again = await browser.open(pathOf(uri))
    assert.equal(again.status, 404)
    assert.match(again.text, /not valid, or no longer/)
  })

  it('is denied by a person on the activation page', async () => {
    const {device_code: deviceCode, verification_uri: uri} = await start()
    const browser = new SandboxBrowser(caller)
    const page = await browser.logIn(pathOf(uri), 'techydrroid')
    assert.match((await browser.decide(page, 'cancel')).text, /Device not connected/)
    assertIdentityError(await caller.poll(deviceCode), 400, 'invalid device code')
    assert.equal(sandbox.state.grants.size, 0)
  })

  it('sends a stranger with a device code to log in, and asks for a code where there is none', async () => {
    const {verification_uri: uri} = await start()
    const browser = new SandboxBrowser(caller)
    assert.match((await browser.open(pathOf(uri))).headers.get('location') ?? '', /^\/login\?return=/)
    assert.match((await browser.open('/activate')).text, /<label for="device-code">/)
  })

  it('takes `scope` where `scopes` is missing, and nothing at all', async () => {
    const approve = async (fields: Record<string, string>): Promise<TokenAnswer> => {
      const started = await start(fields)
      await caller.control('device/approve', {user_code: started.user_code, login: 'otherbot'})
      return (await caller.poll(started.device_code)).json as TokenAnswer
    }
    assert.deepEqual((await approve({scope: 'chat:read'})).scope, ['chat:read'])
    assert.equal('scope' in (await approve({})), false)
  })

  it('refuses what it cannot use', async () => {
    assertIdentityError(await caller.post('device', {scopes: 'chat:read'}), 400, 'missing client id')
    assertIdentityError(await caller.post('device', {client_id: 'nobodysclient'}), 400, 'invalid client')
    const unknownScope = {client_id: caller.publicClient.id, scopes: 'x:y'}
    assertIdentityError(await caller.post('device', unknownScope), 400, "invalid scope requested: 'x:y'")
    assertIdentityError(await caller.poll(''), 400, 'missing device_code')
    assertIdentityError(await caller.poll('made-up'), 400, 'invalid device code')
  })

  it('binds a device code to its client', async () => {
    const {device_code: deviceCode} = await start()
    assertIdentityError(await caller.poll(deviceCode, caller.client), 400, 'invalid device code')
    assertIdentityError(await caller.poll(deviceCode), 400, 'authorization_pending')
  })
})
