import assert from 'node:assert/strict'

import fc from 'fast-check'

import {redactText} from '../../../../src/daemon/observe/redact-text.js'

const API_TOKEN = 'bhf_4f8KpQ2z_0123456789abcdefghijklmnopqrstuv_Ab3dE9'
const TWITCH_TOKEN = 'made0up1made0up2made0up3made0u'

const REDACTED: [text: string, redacted: string][] = [
  [`Unlocked by ${API_TOKEN}.`, 'Unlocked by bhf_4f8KpQ2z_[secret].'],
  [`bhf_4f8KpQ2z_0123 was cut short`, 'bhf_4f8KpQ2z_[secret] was cut short'],
  ['/made/up/bhf_4f8KpQ2z_0123', '/made/up/bhf_4f8KpQ2z_[secret]'],
  ['-bhf_4f8KpQ2z_0123', '-bhf_4f8KpQ2z_[secret]'],
  ['Bearer short', 'Bearer [secret]'],
  ['{"headers":["bearer: made-up"]}', '{"headers":["bearer [secret]"]}'],
  ['Bearer%20made-up', 'Bearer [secret]'],
  ['OAuth made.up.made.up.made', 'OAuth [secret]'],
  ['PASS oauth:madeupmadeupmadeup', 'PASS oauth [secret]'],
  ['Authorization: Token made up', 'Authorization: [secret]'],
  ['cookie: a=made; b=up\nnext', 'cookie: [secret]\nnext'],
  ['{"authorization":"made up"', '{"authorization": [secret]'],
  ['GET /callback?code=made&state=up HTTP/1.1', 'GET /callback?[left out] HTTP/1.1'],
  ['back at http://localhost:8420/#access_token=made', 'back at http://localhost:8420/#[left out]'],
  ['https://made:up@example.com/path', 'https://[secret]@example.com/path'],
  ['grant_type=refresh_token&refresh_token=made%2Fup', 'grant_type=refresh_token&refresh_token=[secret]'],
  ['BEHALF_TWITCH_CLIENT_SECRET=made', 'BEHALF_TWITCH_CLIENT_SECRET=[secret]'],
  ['{"password":"made"}', '{"password":"[secret]"}'],
  ['state=made0up1made0up2', 'state=[secret]'],
  [`it said ${TWITCH_TOKEN}`, 'it said [secret]'],
  [`x${TWITCH_TOKEN}y`, '[secret]'],
  ['eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.payload', '[secret].payload'],
  ['steered \u009b31m by \u202eothers', 'steered \ufffd31m by \ufffdothers'],
]

const KEPT = [
  'The token lives for 4 minutes only.',
  'twitch/techydrroid needs a login: behalf bot add --expect techydrroid',
  'The provider twitch refuses this client: invalid client secret.',
  'connect ECONNREFUSED 127.0.0.1:8421',
  '/api/twitch/helix/channels/followers',
  'a_login_of_25_characters_',
  'channel:manage:redemptions moderator:read:automod_settings',
  'code: provider-misconfigured state=login-needed',
  'BEHALF_SOMETHING_LONG_CLIENT_ID',
  '2026-11-22T09:30:05.123Z',
  'What is this?',
  'Ordinary text — with “quotes” and dashes.',
]

describe('the redaction of a text', () => {
  for (const [text, redacted] of REDACTED) {
    it(`takes the secret out of ${JSON.stringify(text)}`, () => assert.equal(redactText(text), redacted))
  }

  for (const text of KEPT) it(`leaves ${JSON.stringify(text)} as it is`, () => assert.equal(redactText(text), text))

  it('keeps no half of a secret where it cuts a long text', () => {
    const text = `${'word '.repeat(408)}${TWITCH_TOKEN} and so on`
    assert.ok(text.indexOf(TWITCH_TOKEN) < 2048 && text.indexOf(TWITCH_TOKEN) + TWITCH_TOKEN.length > 2048)
    assert.equal(redactText(text), `${'word '.repeat(408)}…`)
    assert.equal(redactText(`/a/path/${'x'.repeat(5000)}`), '/a/path/…')
  })

  it('takes no longer than the text is long, whatever the text', () => {
    const begun = performance.now()
    for (const part of ['-', 'a-', '?', '//', 'token', 'bearer ', '+', '_', 'bhf_', '=', 'a']) {
      redactText(part.repeat(100_000 / part.length))
    }
    assert.ok(performance.now() - begun < 2000)
  })

  it('finds what is recognised as a secret in any text', () => {
    const letters = fc.constantFrom(...Array.from('abcdefghijklmnopqrstuvwxyz0123456789'))
    const anyCase = fc.constantFrom(...Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'))
    const text = (unit: fc.Arbitrary<string>, length: number) => fc.string({unit, minLength: length, maxLength: length})
    const secrets = fc.oneof(
      text(letters, 30),
      text(letters, 50),
      text(anyCase, 43),
      fc.tuple(text(anyCase, 8), text(anyCase, 32), text(anyCase, 6)).map(([id, secret]) => `bhf_${id}_${secret}_x`),
    )
    fc.assert(
      fc.property(fc.string({unit: 'binary'}), secrets, fc.string({unit: 'binary'}), (before, secret, after) => {
        const secretPart = secret.split('_')[2] ?? secret
        assert.ok(!redactText(`${before}${secret}${after}`).includes(secretPart))
      }),
      {numRuns: 500},
    )
  })
})
