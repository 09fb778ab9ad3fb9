import assert from 'node:assert/strict'

import {makeCommandHome, type CommandHome} from '../../support/command-home.js'
import {parseJson, type CommandEnd} from '../../support/run-command.js'

const MOST = '9007199254740991'

describe('points', () => {
  let home: CommandHome

  beforeEach(async () => {
    home = await makeCommandHome({client: 'none'})
  })
  afterEach(() => home.remove())

  const points = (...argv: string[]): Promise<CommandEnd> => home.run(['points', ...argv])
  const balanceOf = async (user: string): Promise<string> => (await points('show', user)).stdout.trimEnd()
  const errorOf = (end: CommandEnd) => (parseJson(end) as {error: {code: string; message: string; hint?: string}}).error

  describe('show', () => {
    it('prints the number alone, 0 for who never had any', async () => {
      await points('add', 'bob', '5')
      assert.deepEqual(await points('show', 'bob'), {exitCode: 0, openedWith: {}, stdout: '5\n', stderr: ''})
      assert.equal(await balanceOf('nobody'), '0')
      assert.deepEqual(parseJson(await points('show', '@BOB', '--json')), {user: 'bob', points: 5})
    })
  })

  describe('add', () => {
    it('adds, and says how many there are now', async () => {
      const {exitCode, stdout, stderr} = await points('add', 'bob', '5')
      assert.deepEqual([exitCode, stdout, stderr], [0, '', '✓ Added 5 points to bob, who has 5 points now.\n'])
      const again = await points('add', '@Bob', '1', '--json')
      assert.deepEqual([again.exitCode, again.stderr], [0, ''])
      assert.deepEqual(parseJson(again), {user: 'bob', points: 6, change: 1, repeated: false})
    })

    it('counts once for each key, and says so', async () => {
      const add = ['add', 'bob', '5', '--idempotency-key', 'raffle 17']
      await points(...add)
      const {exitCode, stderr} = await points(...add)
      assert.deepEqual([exitCode, stderr.startsWith('✓ Nothing more was added: ')], [0, true], stderr)
      assert.deepEqual(parseJson(await points(...add, '--json')), {user: 'bob', points: 5, change: 5, repeated: true})
      assert.equal(await balanceOf('bob'), '5')
      const other = await points('add', 'bob', '6', '--idempotency-key', 'raffle 17', '--json')
      assert.deepEqual([other.exitCode, errorOf(other).code], [8, 'idempotency-key-reused'])
      assert.equal((await points('add', 'bob', '6', '--idempotency-key', '')).exitCode, 2)
    })

    it('says what to do about a negative number', async () => {
      const {exitCode, stderr} = await points('add', 'bob', '-5')
      assert.deepEqual([exitCode, stderr], [2, '✗ -5 is less than nothing.\n  → behalf points remove USER 5\n'])
      assert.match((await points('remove', 'bob', '-5')).stderr, /→ behalf points add USER 5/)
    })
  })

  describe('remove', () => {
    it('takes away', async () => {
      await points('add', 'bob', '5')
      const {stderr} = await points('remove', 'bob', '4')
      assert.equal(stderr, '✓ Removed 4 points from bob, who has 1 point now.\n')
      assert.deepEqual(parseJson(await points('remove', 'bob', '1', '--json')), {
        user: 'bob',
        points: 0,
        change: -1,
        repeated: false,
      })
    })

    it('exits 8 where there are too few, says how many there are, and changes nothing', async () => {
      await points('add', 'bob', '5')
      const end = await points('remove', 'bob', '6')
      assert.deepEqual([end.exitCode, end.stdout], [8, ''])
      assert.match(end.stderr, /^✗ bob has 5 points/)
      assert.equal(errorOf(await points('remove', 'bob', '6', '--json')).code, 'points-insufficient')
      assert.equal(await balanceOf('bob'), '5')
    })

    it('goes below zero with --allow-negative', async () => {
      assert.equal((await points('remove', 'bob', '6', '--allow-negative')).exitCode, 0)
      assert.equal(await balanceOf('bob'), '-6')
    })
  })

  describe('set', () => {
    it('sets', async () => {
      const {stderr} = await points('set', 'bob', MOST)
      assert.equal(stderr, `✓ Set the points of bob, who has ${MOST} points now.\n`)
      assert.equal((await points('add', 'bob', '1')).exitCode, 8)
      assert.equal(await balanceOf('bob'), MOST)
    })

    it('takes a negative number as it stands, if that is allowed', async () => {
      assert.equal((await points('set', 'bob', '-5')).exitCode, 8)
      assert.equal((await points('set', 'bob', '-5', '--allow-negative')).exitCode, 0)
      assert.equal(await balanceOf('bob'), '-5')
    })
  })

  for (const number of ['1e3', '0x10', '1.5', '+5', '007', '', ' 5', 'five', '9007199254740992']) {
    it(`exits 2 for the number “${number}”, and counts nothing`, async () => {
      for (const command of ['add', 'remove', 'set']) {
        const end = await points(command, 'bob', number, '--json')
        assert.deepEqual([end.exitCode, errorOf(end).code], [2, 'invalid-input'], command)
      }
      assert.deepEqual(parseJson(await points('top', '--json')), {users: []})
    })
  }

  it('exits 2 for a user or a reason that cannot be kept', async () => {
    for (const user of ['', '@', 'x'.repeat(129), 'bob\nalice']) {
      assert.equal((await points('add', user, '5')).exitCode, 2, user)
      assert.equal((await points('show', user)).exitCode, 2, user)
      assert.equal((await points('history', user)).exitCode, 2, user)
    }
    assert.equal((await points('add', 'bob', '5', '--why', 'x'.repeat(501))).exitCode, 2)
  })

  describe('top', () => {
    it('lines up who has most, with one place for who has as many', async () => {
      for (const [user, number] of [
        ['bob', '5'],
        ['alice', '12'],
        ['carol', '5'],
        ['dave', '1'],
      ] as const) {
        await points('add', user, number)
      }
      const {stdout} = await points('top')
      const lines = [
        'PLACE  USER   POINTS',
        '1      alice  12',
        '2      bob    5',
        '2      carol  5',
        '4      dave   1',
      ]
      assert.deepEqual(
        stdout.split('\n').map((line) => line.trimEnd()),
        [...lines, ''],
      )
      assert.deepEqual(parseJson(await points('top', '--limit', '1', '--json')), {users: [{user: 'alice', points: 12}]})
    })

    it('says what to do where nobody has any', async () => {
      const {exitCode, stdout, stderr} = await points('top')
      assert.deepEqual([exitCode, stdout], [0, ''])
      assert.match(stderr, /behalf points add/)
    })
  })

  describe('history', () => {
    it('tells the newest change first, with who made it and why', async () => {
      const {id} = parseJson(await home.run(['token', 'issue', 'chat bot', '--scope', 'points:write', '--json'])) as {
        id: string
      }
      await points('add', 'bob', '5', '--why', 'won the raffle')
      await points('remove', 'bob', '2')
      const {openDeps} = await import('../../../src/compose-deps.js')
      const {readSettings} = await import('../../../src/config/settings.js')
      const {changePoints} = await import('../../../src/broker/points.js')
      const deps = await openDeps(readSettings({}))
      await changePoints(deps, {user: 'bob', by: id, change: {kind: 'add', points: 1}})
      await deps.store.close()
      const {stdout} = await points('history', 'bob')
      const rows = stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split(/ {2,}/).slice(1))
      assert.deepEqual(rows, [
        ['CHANGE', 'POINTS', 'BY', 'WHY'],
        ['+1', '4', 'chat bot', '–'],
        ['-2', '3', 'terminal', '–'],
        ['+5', '5', 'terminal', 'won the raffle'],
      ])
      const {changes} = parseJson(await points('history', 'bob', '--json')) as {changes: Record<string, unknown>[]}
      assert.deepEqual(
        changes.map(({by, why, change, points: after}) => [by, why, change, after]),
        [
          [id, undefined, 1, 4],
          [undefined, undefined, -2, 3],
          [undefined, 'won the raffle', 5, 5],
        ],
      )
    })

    it('goes back page by page', async () => {
      for (const number of ['1', '2', '3']) await points('add', 'bob', number)
      const {stdout, stderr} = await points('history', 'bob', '--limit', '2')
      assert.equal(stdout.trimEnd().split('\n').length, 3)
      const [, before = ''] = /--before (\d+)/.exec(stderr) ?? []
      const end = parseJson(await points('history', 'bob', '--before', before, '--json')) as {
        changes: {change: number}[]
      }
      assert.deepEqual([end.changes.map(({change}) => change), 'next' in end], [[1], false])
    })

    it('is empty of who never had any', async () => {
      assert.deepEqual(parseJson(await points('history', 'nobody', '--json')), {changes: []})
    })
  })

  for (const argv of [
    ['top', '--limit', '0'],
    ['top', '--limit', '1001'],
    ['history', 'bob', '--limit', 'x'],
  ]) {
    it(`exits 2 for ${argv.join(' ')}`, async () => assert.equal((await points(...argv)).exitCode, 2))
  }
})
