import assert from 'node:assert/strict'
import {appendFile, cp, readdir, readFile, rm, stat, truncate, writeFile} from 'node:fs/promises'

import {IDEMPOTENCY_MS} from '../../../src/model/points.js'
import {acquireFileLock} from '../../../src/store/file-lock.js'
import {pointsLockPathOf} from '../../../src/store/json-points.js'
import {encodeLine, FIRST_LINE} from '../../../src/store/points-line.js'
import {hasCode} from '../../contract/store-accounts.js'
import {watchFileCalls} from '../../support/file-calls.js'
import {collectPoints, makeLedgerPlace, type LedgerPlace} from '../../support/ledger-place.js'
import {add, set} from '../../support/make-points-request.js'

const AT = 1_800_000_000_000
const encodeHead = (head: object): string => encodeLine(head, FIRST_LINE).text
const mark = (key: string) => ({idempotency: {key, request: key}})

describe('the ledger beside a JSON store', () => {
  let place: LedgerPlace

  beforeEach(async () => {
    place = await makeLedgerPlace()
  })
  afterEach(() => place.dispose())

  it('is for its owner alone', async () => {
    await place.open().change(add(1))
    assert.equal((await stat(place.folder)).mode & 0o777, 0o700)
    assert.deepEqual(await readdir(place.folder), ['000001.ndjson', 'lock', 'lock.next'])
    for (const name of await readdir(place.folder)) {
      assert.equal((await stat(`${place.folder}/${name}`)).mode & 0o777, 0o600)
    }
  })

  it('is not made by who only reads', async () => {
    const points = place.open()
    await points.balance('alice')
    await points.top(1)
    await points.history({limit: 1})
    await assert.rejects(stat(place.folder), {code: 'ENOENT'})
  })

  it('holds a line for each change, with the balance after it', async () => {
    const points = place.open()
    await points.change(add(10, {by: 'madeup01', why: 'raid'}))
    await points.change(add(-3))
    const lines = (await readFile(place.segment(1), 'utf8')).trimEnd().split('\n').slice(1)
    const read = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
    assert.deepEqual(
      read.map(({sequence, change, points: balance}) => [sequence, change, balance]),
      [
        [1, 10, 10],
        [2, -3, 7],
      ],
    )
  })

  it('makes changes that are asked for together durable together, before any of them is answered', async () => {
    const points = place.open()
    await points.change(add(1))
    const calls = await watchFileCalls(() => Promise.all(Array.from({length: 100}, () => points.change(add(1)))))
    assert.ok(calls.filter((call) => call === 'fsync file').length <= 2)
    const failing = watchFileCalls(
      () => points.change(add(1)),
      (call) => {
        if (call === 'fsync file') throw Object.assign(new Error('made up'), {code: 'EIO'})
      },
    )
    await assert.rejects(failing, hasCode('internal'))
    assert.equal(await points.balance('alice'), 101)
    assert.equal(await place.open().balance('alice'), 101)
    assert.equal((await points.change(add(1))).points, 102)
  })

  it('says who holds it when it cannot be had in time', async () => {
    await place.open().change(add(1))
    const lock = await acquireFileLock(pointsLockPathOf(place.storePath), {mode: 'exclusive', deadlineMs: 0})
    assert.ok(lock)
    await assert.rejects(place.open({writeWaitMs: 50}).change(add(1)), {
      code: 'store-locked',
      message: new RegExp(`process ${String(process.pid)} since`),
    })
    assert.equal(await place.open().balance('alice'), 1)
    await lock.release()
  })

  describe('when a writer was killed', () => {
    const TORN = [
      '{',
      '{"sequence":3,"user":"alice","change":5,"po',
      '\0\0\0\0\0\0',
      // The caller was not answered: the end of the line was never written.
      '{"sequence":3,"user":"alice","change":1,"points":3,"at":1800000000000,"check":"00000000"}',
    ]

    for (const torn of TORN) {
      it(`takes ${JSON.stringify(torn.slice(0, 24))} at its end for no change, and cuts it off`, async () => {
        const running = place.open()
        await running.change(add(1))
        await running.change(add(1))
        const whole = await readFile(place.segment(1))
        await appendFile(place.segment(1), torn)
        for (const points of [running, place.open()]) assert.equal(await points.balance('alice'), 2)
        assert.equal((await readFile(place.segment(1))).length, whole.length + torn.length)
        await place.open().change(add(1))
        assert.equal(await running.balance('alice'), 3)
        assert.deepEqual((await readFile(place.segment(1))).subarray(0, whole.length), whole)
        assert.deepEqual(
          (await collectPoints(place.open())).map(({points}) => points),
          [1, 2, 3],
        )
      })
    }

    it('forgets what it read of a write that was taken back, also where another of the same length follows', async () => {
      const reader = place.open()
      await place.open().change(add(1))
      const {size} = await stat(place.segment(1))
      await place.open().change(add(5, {user: 'bob'}))
      assert.equal(await reader.balance('bob'), 5)
      await truncate(place.segment(1), size)
      assert.equal(await reader.balance('bob'), undefined)
      await place.open().change(add(5, {user: 'bob'}))
      assert.equal(await reader.balance('bob'), 5)
      await truncate(place.segment(1), size)
      await place.open().change(add(7, {user: 'eve'}))
      await place.open().change(add(7, {user: 'eve'}))
      assert.equal(await reader.balance('bob'), undefined)
      assert.equal(await reader.balance('eve'), 14)
    })
  })

  describe('when it is damaged', () => {
    const change = (content: string, how: (lines: string[]) => void): string => {
      const lines = content.split('\n')
      how(lines)
      return lines.join('\n')
    }
    const FAULTS: Record<string, [line: number, how: (lines: string[]) => void]> = {
      'a digit that changed': [3, (lines) => (lines[2] = lines[2]?.replace('"points":2', '"points":9') ?? '')],
      'a letter that changed': [2, (lines) => (lines[1] = lines[1]?.replace('alice', 'alicf') ?? '')],
      'a line that is gone': [3, (lines) => lines.splice(2, 1)],
      'a line that is there twice': [4, (lines) => lines.splice(2, 0, lines[2] ?? '')],
      'lines that changed places': [3, (lines) => lines.splice(2, 2, lines[3] ?? '', lines[2] ?? '')],
      'an empty line': [3, (lines) => lines.splice(2, 0, '')],
      'zeros in place of a line': [3, (lines) => (lines[2] = '\0'.repeat(lines[2]?.length ?? 0))],
      'a head that changed': [1, (lines) => (lines[0] = lines[0]?.replace('"sequence":0', '"sequence":9') ?? '')],
    }

    for (const [name, [line, how]] of Object.entries(FAULTS)) {
      it(`names the line and leaves the file as it is: ${name}`, async () => {
        const running = place.open()
        for (let i = 0; i < 4; i += 1) await running.change(add(1))
        const damaged = change(await readFile(place.segment(1), 'utf8'), how)
        await writeFile(place.segment(1), damaged)
        const expected = {code: 'store-damaged', message: new RegExp(`: line ${String(line)} is not what was written`)}
        const points = place.open()
        await assert.rejects(points.balance('alice'), expected)
        await assert.rejects(points.top(1), expected)
        await assert.rejects(points.history({limit: 1}), expected)
        await assert.rejects(points.change(add(1)), expected)
        await assert.rejects(collectPoints(points), expected)
        assert.equal(await readFile(place.segment(1), 'utf8'), damaged)
      })
    }

    it('is told from what is not ours, and from what is newer', async () => {
      const head = {format: 'behalf-points', sequence: 0, balances: 0, kept: 0}
      const contents = {
        'store-damaged': ['', 'viewer,points\nalice,3\n', encodeHead({...head, version: 0})],
        'store-foreign': [encodeHead({...head, format: 'made-up', version: 1})],
        'store-newer': [encodeHead({...head, version: 2, news: true})],
      } as const
      for (const code of ['store-damaged', 'store-foreign', 'store-newer'] as const) {
        for (const content of contents[code]) {
          await place.open().change(add(1))
          await writeFile(place.segment(1), content)
          await assert.rejects(place.open().balance('alice'), hasCode(code))
          await assert.rejects(place.open().change(add(1)), hasCode(code))
          assert.equal(await readFile(place.segment(1), 'utf8'), content)
          await rm(place.folder, {recursive: true})
        }
      }
    })

    it('is not made anew where it is gone', async () => {
      const points = place.open()
      await points.change(add(1))
      await rm(place.segment(1))
      await assert.rejects(points.balance('alice'), hasCode('store-damaged'))
      await assert.rejects(points.change(add(1)), hasCode('store-damaged'))
      await assert.rejects(stat(place.segment(1)), {code: 'ENOENT'})
    })

    it('goes on from an older copy that was put in its place, and gives no sequence twice', async () => {
      const running = place.open()
      await running.change(add(1))
      await cp(place.segment(1), `${place.segment(1)}.copy`)
      for (let i = 0; i < 3; i += 1) await running.change(add(1))
      await cp(`${place.segment(1)}.copy`, place.segment(1))
      assert.equal(await running.balance('alice'), 1)
      assert.equal((await running.change(add(10))).points, 11)
      assert.deepEqual(
        (await collectPoints(place.open())).map(({sequence, points}) => [sequence, points]),
        [
          [1, 1],
          [5, 11],
        ],
      )
    })
  })

  describe('in several segments', () => {
    const SMALL = {segmentBytes: 1000}

    it('is one ledger', async () => {
      const [writer, other, reader] = [place.open(SMALL), place.open(SMALL), place.open()]
      for (let i = 0; i < 40; i += 1) {
        const points = i % 3 === 0 ? other : writer
        await points.change(add(1, {user: i % 4 === 0 ? 'bob' : 'alice', at: AT + i, why: `change ${String(i)}`}))
        assert.equal((await reader.balance('alice')) ?? 0, i + 1 - Math.ceil((i + 1) / 4))
      }
      const names = (await readdir(place.folder)).filter((name) => name.endsWith('.ndjson'))
      assert.ok(names.length >= 3, names.join())
      const all = await collectPoints(reader)
      assert.deepEqual(
        all.map(({why}) => why),
        Array.from({length: 40}, (_, i) => `change ${String(i)}`),
      )
      assert.deepEqual(await place.open().history({limit: 100}), all.toReversed())
      for (const points of [reader, place.open()]) {
        const bobs = all.filter(({user}) => user === 'bob').reverse()
        assert.deepEqual(await points.history({user: 'bob', limit: 100}), bobs)
        assert.deepEqual(
          await points.history({user: 'bob', limit: 3, before: bobs[4]?.sequence ?? 0}),
          bobs.slice(5, 8),
        )
        assert.deepEqual(await points.top(2), [
          {user: 'alice', points: 30},
          {user: 'bob', points: 10},
        ])
      }
    })

    it('recognises idempotency keys of earlier segments, as long as they live', async () => {
      const points = place.open(SMALL)
      await points.change(add(5, {user: 'bob', at: AT, ...mark('early')}))
      for (let i = 0; i < 20; i += 1) await points.change(add(1, {at: AT + i, ...mark(String(i))}))
      const repeated = await place.open(SMALL).change(add(5, {user: 'bob', at: AT + 100, ...mark('early')}))
      assert.deepEqual(repeated, {user: 'bob', points: 5, change: 5, repeated: true})
      for (let i = 0; i < 60; i += 1)
        await points.change(add(1, {at: AT + IDEMPOTENCY_MS + 50, ...mark(`later ${String(i)}`)}))
      const last = (await readdir(place.folder)).filter((name) => name.endsWith('.ndjson')).at(-1) ?? ''
      const content = await readFile(`${place.folder}/${last}`, 'utf8')
      assert.ok(content.includes('later') && !content.includes('early'))
    })

    it('is read from its last one alone; what is gone is missing in the history and nowhere else', async () => {
      const points = place.open(SMALL)
      for (let i = 0; i < 30; i += 1) await points.change(add(1))
      await rm(place.segment(1))
      const fresh = place.open(SMALL)
      assert.equal(await fresh.balance('alice'), 30)
      assert.equal((await fresh.change(add(1))).points, 31)
      const history = await fresh.history({user: 'alice', limit: 100})
      assert.ok(history.length > 5 && history.length < 31)
      assert.deepEqual(await fresh.history({limit: 100}), history)
      await assert.rejects(collectPoints(fresh), {code: 'store-damaged', message: /000001\.ndjson is gone/})
    })

    it('says where an earlier one is damaged, and works on', async () => {
      const points = place.open(SMALL)
      for (let i = 0; i < 30; i += 1) await points.change(add(1))
      const content = await readFile(place.segment(1), 'utf8')
      await writeFile(place.segment(1), content.replace('"points":3,', '"points":4,'))
      await assert.rejects(points.history({user: 'alice', limit: 100}), {
        code: 'store-damaged',
        message: /000001\.ndjson is damaged: the line at byte \d+ is not/,
      })
      await assert.rejects(points.history({limit: 100}), {message: /000001\.ndjson is damaged: line 4 is not/})
      assert.equal((await points.history({user: 'alice', limit: 3})).length, 3)
      assert.equal((await points.change(set(7))).points, 7)
    })
  })
})
