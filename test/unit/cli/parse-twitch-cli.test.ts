import assert from 'node:assert/strict'

import {parseTwitchCli} from '../../../src/cli/parse-twitch-cli.js'

/** What was read, in the clear. */
function read(text: string): Record<string, unknown> {
  const {clientSecret, accessToken, refreshToken, ...rest} = parseTwitchCli(text, 'made-up.env')
  const secrets = {clientSecret, accessToken, refreshToken}
  const clear = Object.entries(secrets).flatMap(([name, secret]) => (secret ? [[name, secret.reveal()]] : []))
  return {...rest, ...(Object.fromEntries(clear) as Record<string, string>)}
}

describe('parseTwitchCli', () => {
  it('reads what twitch-cli writes', () => {
    const text = `ACCESSTOKEN=made-up-access
CLIENTID=madeupclientid
CLIENTSECRET=made-up-secret
LAST_UPDATE_CHECK=2026-11-20
REFRESHTOKEN=made-up-refresh
TOKENEXPIRATION=2026-11-22T08:00:00.123456789+01:00
TOKENSCOPES=[user:read:chat channel:manage:polls]
`
    assert.deepEqual(read(text), {
      clientId: 'madeupclientid',
      clientSecret: 'made-up-secret',
      accessToken: 'made-up-access',
      refreshToken: 'made-up-refresh',
      scopes: ['user:read:chat', 'channel:manage:polls'],
    })
  })

  it('reads a client alone: what is empty is not there', () => {
    const text = 'CLIENTID=abc\nCLIENTSECRET=\nACCESSTOKEN=""\nREFRESHTOKEN=\nTOKENSCOPES=[]\n'
    assert.deepEqual(read(text), {clientId: 'abc', scopes: []})
  })

  const spellings: [string, string][] = [
    ['without a line break at the end', 'CLIENTID=abc'],
    ['with CRLF and blanks', '\r\n  CLIENTID = abc \r\n'],
    ['in double quotes', 'CLIENTID="abc"'],
    ['in single quotes, with a comment behind', "CLIENTID='abc' # mine"],
    ['with a comment behind', 'CLIENTID=abc # mine'],
    ['exported', 'export CLIENTID=abc'],
    ['in lower case', 'clientid=abc'],
    ['among comments and what else there may be', '# a comment\n\nnonsense\n=\nCLIENTID=abc'],
    ['said twice: the last counts', 'CLIENTID=x\nCLIENTID=abc'],
  ]
  for (const [how, text] of spellings) {
    it(`reads a value ${how}`, () => {
      assert.equal(read(text).clientId, 'abc')
    })
  }

  it('takes quotes and a # within a value as they are', () => {
    const text = String.raw`CLIENTID=abc
CLIENTSECRET="a\"b#c"
REFRESHTOKEN=a#b'c`
    assert.deepEqual(read(text), {clientId: 'abc', clientSecret: 'a"b#c', refreshToken: "a#b'c", scopes: []})
  })

  const bad: [string, string, RegExp][] = [
    ['an empty file', '', /^made-up\.env: CLIENTID is missing\.$/],
    ['another file', '{"clientId": "abc"}', /CLIENTID is missing/],
    ['an empty client id', 'CLIENTID=', /CLIENTID is malformed/],
    ['a client id of two words', 'CLIENTID=made-up x', /CLIENTID is malformed/],
    ['a client id that is no name', 'CLIENTID=a&b=c', /CLIENTID is malformed/],
    ['a token with a blank', 'CLIENTID=abc\nREFRESHTOKEN="made up"', /REFRESHTOKEN is malformed/],
    ['a token with a control character', 'CLIENTID=abc\nACCESSTOKEN=made\u0007up', /ACCESSTOKEN is malformed/],
    ['a token of 5,000 characters', `CLIENTID=abc\nREFRESHTOKEN=${'x'.repeat(5000)}`, /REFRESHTOKEN is malformed/],
    ['a secret that is not ASCII', 'CLIENTID=abc\nCLIENTSECRET=ä', /CLIENTSECRET is malformed/],
  ]
  for (const [what, text, message] of bad) {
    it(`refuses ${what}, and repeats nothing of it`, () => {
      assert.throws(
        () => parseTwitchCli(text, 'made-up.env'),
        (error: Error) => {
          assert.match(error.message, message)
          return !/made up|xxxx|a&b/.test(error.message)
        },
      )
    })
  }
})
