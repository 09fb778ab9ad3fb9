import assert from 'node:assert/strict'

import {Secret} from '../../../src/model/secret.js'
import {createProviderClient} from '../../../src/providers/oauth-client.js'
import {createFakeClock} from '../../support/fake-clock.js'
import {makeProvider} from '../../support/make-provider.js'

describe('sendRefresh', () => {
  const client = createProviderClient({clock: createFakeClock()})

  it('sends nothing to an address that is not for secrets, and says so as a value', async () => {
    for (const tokenUrl of [
      'http://id.example.test/',
      'ftp://localhost/',
      'https://a:b@id.example.test/',
      'nonsense',
    ]) {
      let asked = false
      const exchange = await client.sendRefresh(makeProvider({tokenUrl}), new Secret('made-up'), () => {
        asked = true
        return Promise.resolve(true)
      })
      assert.equal(exchange.kind, 'not-sent', tokenUrl)
      assert.equal(asked, false)
    }
  })
})
