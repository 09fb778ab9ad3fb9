import assert from 'node:assert/strict'

import fc from 'fast-check'

import {coversSubjects, mayServeSubject, parseSubjectPattern} from '../../../src/model/subject-pattern.js'

describe('parseSubjectPattern', () => {
  for (const [text, expected] of [
    ['subject:slack:U1', {provider: undefined, subject: 'slack:U1'}],
    ['subject:slack:*', {provider: undefined, subject: 'slack:*'}],
    ['jenkins/subject:slack:*', {provider: 'jenkins', subject: 'slack:*'}],
    ['subject:1', {provider: undefined, subject: '1'}],
    ['subject:a/b', {provider: undefined, subject: 'a/b'}],
  ] as const) {
    it(`reads ${text}`, () => assert.deepEqual(parseSubjectPattern(text), expected))
  }

  for (const text of [
    'techydrroid',
    'twitch:2002',
    'twitch@slack:U1',
    'subject:',
    'subject:*',
    'subject:slack*',
    'subject:slack:U1*',
    'subject:*:U1',
    'subject:slack:**',
    'subject:import:1234567890abcdef',
    'subject:import:*',
    'subject:slack: U1',
    'subject:slack:U1\n',
    'Subject:slack:U1',
    `subject:${'x'.repeat(201)}`,
  ]) {
    it(`takes ${JSON.stringify(text.slice(0, 40))} for none`, () => assert.equal(parseSubjectPattern(text), undefined))
  }
})

describe('mayServeSubject', () => {
  const vera = {provider: 'jenkins', subject: 'slack:U1'}
  for (const [entry, expected] of [
    ['subject:slack:U1', true],
    ['subject:slack:*', true],
    ['jenkins/subject:slack:*', true],
    ['jenkins@slack:U1', true],
    ['subject:slack:U', false],
    ['subject:slack:U10', false],
    ['subject:Slack:U1', false],
    ['subject:slack-two:*', false],
    ['github/subject:slack:*', false],
    ['github@slack:U1', false],
    ['jenkins:slack:U1', false],
  ] as const) {
    it(`${expected ? 'holds' : 'does not hold'} for ${entry}`, () =>
      assert.equal(mayServeSubject({as: ['twitch:1', entry]}, vera), expected))
  }

  it('holds for nobody where the token may act as nobody, or as any account', () =>
    assert.equal(mayServeSubject({as: []}, vera), false))
})

describe('subject patterns, as regular expressions have them', () => {
  const numRuns = process.env.BEHALF_TEST_LONG === '1' ? 200_000 : 5000
  const provider = fc.constantFrom('jenkins', 'github')
  const word = fc.constantFrom('slack', 'U1', 'U10', 'irc', 'import', 'a.b', '+')
  const subject = fc.array(word, {minLength: 1, maxLength: 3}).map((words) => words.join(':'))
  const pattern = fc
    .tuple(fc.option(provider), subject, fc.boolean())
    .map(([at, whom, isOpen]) => `${at === null ? '' : `${at}/`}subject:${whom}${isOpen ? ':*' : ''}`)

  const escape = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&')
  /** What is served is written `PROVIDER SUBJECT`. */
  function toRegExp(text: string): RegExp {
    const [at, whom = ''] = text.includes('/') ? text.split('/subject:') : ['', text.slice('subject:'.length)]
    if (whom.startsWith('import:')) return /$^x/
    const end = whom.endsWith('*') ? `${escape(whom.slice(0, -1))}.*` : escape(whom)
    return new RegExp(`^${at === '' ? '[a-z]+' : escape(at ?? '')} ${end}$`)
  }

  it('serve the same', () => {
    fc.assert(
      fc.property(pattern, provider, subject, (text, at, whom) => {
        assert.equal(mayServeSubject({as: [text]}, {provider: at, subject: whom}), toRegExp(text).test(`${at} ${whom}`))
      }),
      {numRuns},
    )
  })

  it('cover another only where whoever that one serves is served', () => {
    fc.assert(
      fc.property(pattern, pattern, provider, subject, (held, asked, at, whom) => {
        const parsed = parseSubjectPattern(asked)
        if (parsed === undefined || !coversSubjects(held, parsed)) return
        if (mayServeSubject({as: [asked]}, {provider: at, subject: whom})) {
          assert.equal(mayServeSubject({as: [held]}, {provider: at, subject: whom}), true)
        }
      }),
      {numRuns},
    )
  })
})
