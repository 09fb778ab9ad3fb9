import assert from 'node:assert/strict'
import {readFile, writeFile} from 'node:fs/promises'

import type {Credential} from '../../../src/model/credential.js'
import {Secret} from '../../../src/model/secret.js'
import {makeBrokerWorld, type BrokerWorld} from '../../support/broker-world.js'
import {makeAccount} from '../../support/make-account.js'

const KEY = 'twitch@slack:U1'
const AT = 1_800_000_000_000
const TOKENS: Credential = {
  kind: 'oauth1',
  token: new Secret('made-up-token'),
  tokenSecret: new Secret('made-up-token-secret'),
  issuedAt: AT,
}

type Fields = Record<string, unknown>

describe('a stored credential', () => {
  let world: BrokerWorld
  beforeEach(async () => {
    world = await makeBrokerWorld()
  })
  afterEach(() => world.dispose())

  const put = (credential: Credential, subject = 'slack:U1') =>
    world.store.accounts.put({...makeAccount({role: 'user', subject}), credential})

  /** Changes the file as somebody would who can write to it. */
  async function tamper(change: (accounts: Record<string, Fields & {credential: Fields}>) => void): Promise<void> {
    const document = JSON.parse(await readFile(world.path, 'utf8')) as {
      accounts: Record<string, Fields & {credential: Fields}>
    }
    change(document.accounts)
    await writeFile(world.path, JSON.stringify(document))
  }

  const read = async () => (await world.openAgain()).store.accounts.get(KEY)

  it('has no secret in the clear, and a user name that can be read', async () => {
    await put(TOKENS)
    await put({kind: 'api-key', key: new Secret('made-up-key'), issuedAt: AT}, 'slack:U2')
    await put({kind: 'basic', username: 'vera', password: new Secret('made-up-password'), issuedAt: AT}, 'slack:U3')
    await world.store.accounts.update(KEY, (account) => ({
      ...account,
      oneTimeCode: {code: new Secret('made-up-code'), expiresAt: AT},
    }))
    const text = await readFile(world.path, 'utf8')
    assert.doesNotMatch(text, /made-up-(?:token|key|password|code)/)
    assert.match(text, /"username": ?"vera"/)
  })

  it('is damaged where a value was moved to another field, or came from another account', async () => {
    await put(TOKENS)
    await put(TOKENS, 'slack:U2')
    await tamper((accounts) => {
      const {credential} = accounts[KEY] ?? {credential: {}}
      credential.tokenSecret = credential.token
    })
    await assert.rejects(read(), {code: 'store-damaged', message: /tokenSecret/})
    await tamper((accounts) => {
      if (accounts[KEY]) accounts[KEY].credential = accounts['twitch@slack:U2']?.credential ?? {}
    })
    await assert.rejects(read(), {code: 'store-damaged', message: /token/})
  })

  for (const [what, credential] of [
    ['of a kind that is not known', {kind: 'oauth3'}],
    ['of no kind', {}],
    ['that is null', null],
    ['that is a text', 'basic'],
    ['without its secret', {kind: 'api-key', issuedAt: AT}],
    ['in the clear', {kind: 'api-key', key: 'made-up-key', issuedAt: AT}],
  ] as const) {
    it(`is damaged ${what}, and the other accounts are still told of`, async () => {
      await put(TOKENS)
      await put(TOKENS, 'slack:U2')
      await tamper((accounts) => {
        if (accounts[KEY]) accounts[KEY].credential = credential as Fields
      })
      await assert.rejects(read(), {code: 'store-damaged', message: /credential/})
      const outlines = await (await world.openAgain()).store.accounts.outlines()
      assert.deepEqual(
        outlines.map(({key}) => key),
        ['twitch@slack:U2'],
      )
    })
  }
})
