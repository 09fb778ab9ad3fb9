import assert from 'node:assert/strict'
import {setImmediate as turn} from 'node:timers/promises'

import {mapInOrder} from '../../../src/broker/map-in-order.js'

/** A source that tells how far it has been read. */
function makeSource(length: number) {
  const source = {read: 0, isReturned: false, items: read()}
  async function* read(): AsyncGenerator<number> {
    try {
      for (let item = 0; item < length; item += 1) {
        source.read = item + 1
        yield item
        await turn()
      }
    } finally {
      source.isReturned = true
    }
  }
  return source
}

/** Work that ends when it is told to. */
function makeWork() {
  const ends = new Map<number, () => void>()
  return {
    running: () => [...ends.keys()],
    end: (item: number): void => {
      ends.get(item)?.()
      ends.delete(item)
    },
    work: (item: number) => new Promise<number>((resolve) => ends.set(item, () => { resolve(item) })), // prettier-ignore
  }
}

const settle = async (): Promise<void> => {
  for (let turns = 0; turns < 50; turns += 1) await turn()
}

describe('mapInOrder', () => {
  it('yields in the order of the source, whichever ends first', async () => {
    const {work, end} = makeWork()
    const got: number[] = []
    const done = (async () => {
      for await (const item of mapInOrder(makeSource(3).items, {concurrency: 3, window: 3}, work)) got.push(item)
    })()
    await settle()
    end(2)
    end(1)
    await settle()
    assert.deepEqual(got, [])
    end(0)
    await done
    assert.deepEqual(got, [0, 1, 2])
  })

  it('works on no more at once than it may, and reads no further than its window', async () => {
    const {work, end, running} = makeWork()
    const source = makeSource(100)
    const outcomes = mapInOrder(source.items, {concurrency: 2, window: 4}, work)
    const first = outcomes.next()
    await settle()
    assert.deepEqual(running(), [0, 1])
    for (const item of [1, 2, 3]) {
      end(item)
      await settle()
    }
    // The first one still holds up the others: four are held, and nothing is worked on but that one.
    assert.deepEqual(running(), [0])
    assert.ok(source.read <= 5, String(source.read))
    end(0)
    await first
    await outcomes.next()
    await settle()
    assert.deepEqual(running(), [4])
    await outcomes.return()
    end(4)
  })

  it('yields what is there while the source has nothing new', async () => {
    let release = (): void => undefined
    async function* slow(): AsyncGenerator<string> {
      yield 'first'
      await new Promise<void>((resolve) => (release = resolve))
      yield 'second'
    }
    const outcomes = mapInOrder(slow(), {concurrency: 4, window: 4}, (item) => Promise.resolve(item))
    assert.deepEqual(await outcomes.next(), {done: false, value: 'first'})
    const second = outcomes.next()
    await settle()
    release()
    assert.deepEqual(await second, {done: false, value: 'second'})
    assert.deepEqual(await outcomes.next(), {done: true, value: undefined})
  })

  it('reads nothing more for whoever takes nothing more', async () => {
    const source = makeSource(1000)
    for await (const item of mapInOrder(source.items, {concurrency: 2, window: 4}, (n) => Promise.resolve(n))) {
      if (item === 1) break
    }
    await settle()
    assert.ok(source.read <= 8, String(source.read))
    assert.ok(source.isReturned)
  })

  it('throws what reading throws, behind what came before', async () => {
    async function* broken(): AsyncGenerator<number> {
      yield 1
      await turn()
      throw new Error('made-up')
    }
    const got: number[] = []
    await assert.rejects(async () => {
      for await (const item of mapInOrder(broken(), {concurrency: 2, window: 4}, (n) => Promise.resolve(n)))
        got.push(item)
    }, /made-up/)
    assert.deepEqual(got, [1])
  })
})
