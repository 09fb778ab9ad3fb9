import assert from 'node:assert/strict'
import {appendFile, chmod, cp, readFile, rm, writeFile} from 'node:fs/promises'

import {checkJsonPoints, checkPoints} from '../../../src/store/check/check-points.js'
import type {PointsStore} from '../../../src/store/store.js'
import {makeLedgerPlace, type LedgerPlace} from '../../support/ledger-place.js'
import {add} from '../../support/make-points-request.js'

describe('a look at the ledger of points', () => {
  let place: LedgerPlace
  let points: PointsStore

  beforeEach(async () => {
    place = await makeLedgerPlace()
    points = place.open({segmentBytes: 600})
    for (let i = 0; i < 12; i += 1) await points.change(add(1, {user: i % 2 === 0 ? 'alice' : 'bob'}))
  })
  afterEach(() => place.dispose())

  const codes = async (): Promise<string[]> => (await checkJsonPoints(place.storePath)).map(({code}) => code)

  it('finds nothing in one that is whole, or half way through a change, or not there', async () => {
    assert.deepEqual(await codes(), [])
    await appendFile(place.segment(3), '{"sequence":')
    assert.deepEqual(await codes(), [])
    await rm(place.folder, {recursive: true})
    assert.deepEqual(await codes(), [])
  })

  it('finds damage in every segment, and one that is gone', async () => {
    for (const number of [1, 2, 3]) {
      const content = await readFile(place.segment(number), 'utf8')
      await writeFile(place.segment(number), content.replace('"change":1', '"change":2'))
      assert.deepEqual(await codes(), ['store-damaged'], String(number))
      await writeFile(place.segment(number), content)
    }
    await rm(place.segment(2))
    assert.deepEqual(await codes(), ['store-damaged'])
  })

  it('finds one that was restored, and files that others may read', async () => {
    await cp(place.segment(3), `${place.segment(3)}.copy`)
    await points.change(add(1))
    await cp(`${place.segment(3)}.copy`, place.segment(3))
    assert.deepEqual(await codes(), ['old-copy'])
    await chmod(place.segment(1), 0o644)
    assert.deepEqual(await codes(), ['open-to-others', 'old-copy'])
  })

  it('finds changes that do not follow from each other, and balances that nobody came to', async () => {
    const other = (parts: Partial<PointsStore>): PointsStore => ({...points, ...parts})
    const [newest] = await points.history({limit: 1})
    assert.ok(newest)
    async function* all() {
      for await (const record of points.all()) if (record.sequence !== 3) yield record
    }
    assert.match((await checkPoints(other({all})))[0]?.message ?? '', /the change 5 of alice does not follow/)
    const top = () => Promise.resolve([{user: 'bob', points: 7}])
    assert.deepEqual(await checkPoints(other({top})), [], 'it was changed meanwhile')
    const balance = () => Promise.resolve(7)
    assert.match((await checkPoints(other({top, balance})))[0]?.message ?? '', /the changes of bob do not come to/)
  })
})
