import assert from 'node:assert/strict'

import {openHubotCredential} from '../../../src/model/hubot-credential.js'
import {Secret} from '../../../src/model/secret.js'

describe('openHubotCredential', () => {
  /**
   * Not made by code of ours: printf %s 'ada:made-up-token-é' | openssl enc -aes-256-cbc -md md5 -nosalt -pass 'pass:made up ü' | xxd -p
   */
  const hex = 'd9b73294d76db2a55972b006b9a6d44a541660dc70a3b3ddd5ff07f2f0edc7a6'
  const secret = new Secret('made up ü')

  it('opens what OpenSSL encrypted with the same secret', () => {
    const opened = openHubotCredential(hex, secret)
    assert.deepEqual([opened?.username, opened?.password.reveal()], ['ada', 'made-up-token-é'])
    assert.equal(openHubotCredential(hex.toUpperCase(), secret)?.username, 'ada')
  })

  it('opens nothing with another secret, whatever the padding seems to be', () => {
    for (let at = 0; at < 2_000; at += 1) {
      assert.equal(openHubotCredential(hex, new Secret(`wrong ${String(at)}`)), undefined)
    }
  })

  it('opens nothing that is cut off, changed or no hex', () => {
    for (const text of ['', 'zz', hex.slice(2), hex.slice(0, 32), `${hex}00`, hex.replace(/^./, 'g'), 'ada:token']) {
      assert.equal(openHubotCredential(text, secret), undefined)
    }
  })

  it('opens nothing that is no name and password', () => {
    // The same command for: no colon, `:x`, `a:`.
    const texts = [
      '3c6e5c5063b1ed94e91af6e711941552',
      '3e8984324ff2a126fd3dfea77eb2e6fc',
      'ffced566006cc21c62f00a86e4221ff5',
    ]
    for (const text of texts) assert.equal(openHubotCredential(text, secret), undefined)
  })

  it('takes the blanks around for what they are, typed by a person', () => {
    const opened = openHubotCredential('63f0249a3f1a596b1d59b27df78dfea3472e71aa2798c811672622d267c47379', secret)
    assert.equal(opened?.password.reveal(), ' spaced out')
  })
})
