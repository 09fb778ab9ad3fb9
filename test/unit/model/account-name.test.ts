import assert from 'node:assert/strict'

import {findAccount, nameOf, parseAccountName, type NamedAccount} from '../../../src/model/account-name.js'
import {accountKey} from '../../../src/model/account.js'
import type {Role} from '../../../src/model/provider.js'

const named = (
  provider: string,
  login: string,
  userId: string,
  role: Role = 'bot',
  subject?: string,
): NamedAccount => ({
  key: accountKey(provider, userId, subject),
  provider,
  login,
  userId,
  role,
  ...(subject !== undefined && {subject}),
})

const OWNER = named('twitch', 'streamer_sam', '1001', 'owner')
const DROID = named('twitch', 'techydrroid', '2002')
const NUMBER = named('twitch', '2003', '9009')
const OTHER = named('twitch', 'otherbot', '2003')
const FORGE = named('forge', 'techydrroid', '77')
const ALONE = named('forge', 'builder', '78')
const CHATTER = named('twitch', 'viewer_vera', '3001', 'user', 'slack:U02AB')
const ALL = [OWNER, DROID, NUMBER, OTHER, FORGE, ALONE, CHATTER]

const find = (text: string, role?: Role): string => findAccount(ALL, text, role && {role}).key

describe('parseAccountName', () => {
  const cases: [string, ReturnType<typeof parseAccountName>][] = [
    ['TechyDrroid', {by: 'login-or-id', value: 'TechyDrroid'}],
    ['  techydrroid  ', {by: 'login-or-id', value: 'techydrroid'}],
    ['forge/builder', {provider: 'forge', by: 'login-or-id', value: 'builder'}],
    ['id:2002', {by: 'id', value: '2002'}],
    ['forge/id:77', {provider: 'forge', by: 'id', value: '77'}],
    ['subject:slack:U02AB', {by: 'subject', value: 'slack:U02AB'}],
    ['subject:webex:Y2lz/Y29', {by: 'subject', value: 'webex:Y2lz/Y29'}],
    ['twitch/subject:slack:U02AB', {provider: 'twitch', by: 'subject', value: 'slack:U02AB'}],
  ]
  for (const [text, expected] of cases) {
    it(`reads ${JSON.stringify(text)}`, () => assert.deepEqual(parseAccountName(text), expected))
  }

  for (const text of ['', '  ', '/bot', 'forge/', 'two words', 'a\tb', 'a\u0000b', 'x'.repeat(257)]) {
    it(`refuses ${JSON.stringify(text.slice(0, 20))}`, () => {
      assert.throws(
        () => parseAccountName(text),
        (error: Error) => {
          assert.equal('code' in error && error.code, 'invalid-input')
          return error.message.length < 200
        },
      )
    })
  }
})

describe('findAccount', () => {
  const found: [string, string, NamedAccount][] = [
    ['a login, in any case', 'STREAMER_Sam', OWNER],
    ['a login of one provider', 'forge/TechyDrroid', FORGE],
    ['a login that only one account has, wherever', 'builder', ALONE],
    ['the Twitch account where a login fits several', 'techydrroid', DROID],
    ['a bare name as a login before it is an id', '2003', NUMBER],
    ['a bare id that is nobody’s login', '2002', DROID],
    ['an id that is said to be one', 'id:2003', OTHER],
    ['an id of one provider', 'forge/id:77', FORGE],
    ['a subject', 'subject:slack:U02AB', CHATTER],
    ['a subject of one provider', 'twitch/subject:slack:U02AB', CHATTER],
  ]
  for (const [what, text, expected] of found) {
    it(`finds ${what}`, () => assert.equal(find(text), expected.key))
  }

  const missing = [
    'techydroid',
    'forge/streamer_sam',
    'id:techydrroid',
    'id:',
    'viewer_vera',
    'id:3001',
    'subject:slack:U',
  ]
  for (const text of [...missing, 'subject:', 'nowhere/techydrroid', '*']) {
    it(`falls back on nobody for ${text}`, () => assert.throws(() => find(text), {code: 'account-not-found'}))
  }

  it('falls back on nobody where there is but one account', () => {
    assert.throws(() => findAccount([DROID], 'techydroid'), {code: 'account-not-found'})
    assert.throws(() => findAccount([], 'techydrroid'), {code: 'account-not-found', hint: 'behalf login'})
  })

  it('names the nearest', () => {
    assert.throws(() => find('techydroid'), /Did you mean techydrroid\?/)
    assert.throws(() => find('forge/bulider'), /Did you mean builder\?/)
  })

  it('lists what a name fits, if that is two accounts and none is at Twitch', () => {
    const twins = [FORGE, named('smithy', 'techydrroid', '5')]
    assert.throws(() => findAccount(twins, 'techydrroid'), {
      code: 'ambiguous-account',
      message: /forge\/techydrroid \(id:77\), smithy\/techydrroid \(id:5\)/,
    })
  })

  it('does not choose between two Twitch accounts of one login, one of which has been renamed', () => {
    const twins = [DROID, named('twitch', 'techydrroid', '2222')]
    assert.throws(() => findAccount(twins, 'techydrroid'), {code: 'ambiguous-account'})
    assert.equal(findAccount(twins, 'id:2222').userId, '2222')
  })

  it('does not choose between two providers for a subject', () => {
    const twins = [CHATTER, named('forge', 'vera', '8', 'user', 'slack:U02AB')]
    assert.throws(() => findAccount(twins, 'subject:slack:U02AB'), {code: 'ambiguous-account'})
    assert.equal(findAccount(twins, 'forge/subject:slack:U02AB').userId, '8')
  })

  it('says whose account it is when another role was wanted', () => {
    assert.throws(() => find('streamer_sam', 'bot'), {
      code: 'account-not-found',
      message: /twitch\/streamer_sam is the owner’s account, not a bot/,
    })
    assert.equal(find('techydrroid', 'bot'), DROID.key)
  })
})

describe('nameOf', () => {
  it('is a name by which the account is found', () => {
    for (const account of ALL) assert.equal(find(nameOf(account)), account.key, nameOf(account))
  })
})
