import assert from 'node:assert/strict'

import {keepOneTimeCode, takeOneTimeCode} from '../../../src/broker/one-time-code.js'
import {Secret} from '../../../src/model/secret.js'
import {MINUTE_MS} from '../../../src/model/time.js'
import {makeBrokerWorld, type BrokerWorld} from '../../support/broker-world.js'
import {makeProvider} from '../../support/make-provider.js'

const VERA = 'slack:U1'
const CODE = new Secret('123456')

describe('one-time codes', () => {
  let world: BrokerWorld
  beforeEach(async () => {
    world = await makeBrokerWorld()
    for (const [name, otpHeader] of [
      ['github', 'X-GitHub-OTP'],
      ['plain', undefined],
    ] as const) {
      const provider = makeProvider({name, ...(otpHeader !== undefined && {otpHeader})})
      await world.store.providers.put(provider)
      await world.addAccount(provider, {userId: '7', role: 'user', subject: VERA})
    }
  })
  afterEach(() => world.dispose())

  const keep = (code = CODE) => keepOneTimeCode(world.deps, {subject: VERA, provider: 'github', code})

  async function take(deps = world.deps): Promise<string | undefined> {
    const account = await deps.store.accounts.get('github@slack:U1')
    assert.ok(account)
    return (await takeOneTimeCode(deps, account))?.reveal()
  }

  it('are taken once', async () => {
    assert.deepEqual(await keep(), {provider: 'github', expiresAt: world.clock.now() + MINUTE_MS})
    assert.equal(await take(), '123456')
    assert.equal(await take(), undefined)
  })

  it('are taken by one of many calls at once, in whatever process', async () => {
    const other = await world.openAgain()
    await keep()
    const taken = await Promise.all([world.deps, other, world.deps, other].map((deps) => take(deps)))
    assert.deepEqual(
      taken.filter((code) => code !== undefined),
      ['123456'],
    )
  })

  it('are replaced by another', async () => {
    await keep()
    await keep(new Secret('654321'))
    assert.equal(await take(), '654321')
    assert.equal(await take(), undefined)
  })

  it('live a minute and no longer, and are gone then', async () => {
    await keep()
    world.clock.advance(MINUTE_MS)
    assert.equal(await take(), undefined)
    assert.equal((await world.store.accounts.get('github@slack:U1'))?.oneTimeCode, undefined)
    await keep()
    world.clock.advance(MINUTE_MS - 1)
    assert.equal(await take(), '123456')
  })

  it('are not believed when the clock was set back meanwhile', async () => {
    await keep()
    world.clock.setWall(world.clock.now() - 10 * MINUTE_MS)
    assert.equal(await take(), undefined)
  })

  it('are gone with a new login', async () => {
    await keep()
    await world.addAccount(makeProvider({name: 'github'}), {userId: '7', role: 'user', subject: VERA})
    assert.equal(await take(), undefined)
  })

  it('are refused where the provider takes none, and where it is not said which is meant', async () => {
    const input = {subject: VERA, code: CODE}
    await assert.rejects(keepOneTimeCode(world.deps, {...input, provider: 'plain'}), {code: 'configuration'})
    await assert.rejects(keepOneTimeCode(world.deps, input), {code: 'ambiguous-account'})
    await assert.rejects(keepOneTimeCode(world.deps, {...input, subject: 'slack:U2'}), {code: 'account-not-found'})
  })

  for (const code of ['', ' ', '12 34', '12\r\nX: y', 'ü', 'x'.repeat(65)]) {
    it(`are no ${JSON.stringify(code.slice(0, 12))}`, () =>
      assert.rejects(keep(new Secret(code)), {code: 'invalid-input'}))
  }
})
