import assert from 'node:assert/strict'

import {readIdentity} from '../../../src/providers/read-identity.js'
import {makeProvider} from '../../support/make-provider.js'

describe('who somebody is, by what a provider answers', () => {
  const nameOf = (name: unknown): string | undefined =>
    readIdentity(makeProvider(), {sub: '2002', name})?.identity.displayName

  it('has a name to show without what would turn, hide or break the text around it', () => {
    assert.equal(nameOf('Ada \u202egnikcah\u2066 L.'), 'Ada gnikcah L.')
    assert.equal(nameOf('A\u0000d\u001b[31ma\n\u200b\ufeff'), 'Ad[31ma')
    assert.equal(nameOf('Ada Lovelace, 世界 🎉'), 'Ada Lovelace, 世界 🎉')
  })

  it('has none where nothing of it could be seen', () => {
    for (const name of ['\u202e\u200b', ' \u0007 ', '', undefined]) assert.equal(nameOf(name), undefined)
  })

  it('is nobody with an id that cannot be shown', () => {
    assert.equal(readIdentity(makeProvider(), {sub: '20\u202e02'}), undefined)
    assert.equal(readIdentity(makeProvider(), {sub: '2002'})?.identity.login, '2002')
  })
})
