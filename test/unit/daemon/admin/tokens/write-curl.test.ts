import assert from 'node:assert/strict'

import {writeCurl} from '../../../../../src/daemon/admin/tokens/write-curl.js'
import {Secret} from '../../../../../src/model/secret.js'

describe('the command to try a new API token with', () => {
  const write = (actAs: string) =>
    writeCurl('http://localhost:8420', {target: '/api/twitch/helix/users', actAs}, new Secret('made-up'))

  it('has the token and who acts in what it reads, and not in its arguments', () => {
    assert.equal(
      write('twitch/techydrroid'),
      [
        "curl -H @- http://localhost:8420/api/twitch/helix/users <<'END'",
        'Authorization: Bearer made-up',
        'X-Behalf-Of: twitch/techydrroid',
        'END',
      ].join('\n'),
    )
  })

  it('is not there for a name that would break out of its line', () => {
    for (const name of ['x\nEND\ntouch made-up', 'x\rX-More: 1', 'x\u001b[2J']) assert.equal(write(name), undefined)
  })
})
