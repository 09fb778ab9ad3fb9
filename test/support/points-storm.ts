import assert from 'node:assert/strict'
import {spawn, type ChildProcess} from 'node:child_process'
import {randomInt} from 'node:crypto'
import {once} from 'node:events'
import {createInterface} from 'node:readline'
import {setTimeout as wait} from 'node:timers/promises'
import {fileURLToPath} from 'node:url'

import type {PointsRecord} from '../../src/model/points.js'
import type {Store} from '../../src/store/store.js'
import type {StormAnswer} from './points-child.js'

export interface Storm {
  /** Of the store, as `BEHALF_STORE` names it, and of its key. */
  place: string
  keyPath: string
  processes: number
  changesEach: number
  /** How many of the processes are killed at a random moment, and followed by another. */
  kills: number
}

/** What came of a storm. */
export interface StormEnd {
  answers: StormAnswer[]
  /** How many processes were killed before they were done. */
  killed: number
}

const SCRIPT = fileURLToPath(new URL('points-child.ts', import.meta.url))

/** Has many processes change points at once. Rejects where one of them fails. */
export async function letItStorm(storm: Storm): Promise<StormEnd> {
  const answers: StormAnswer[] = []
  let killed = 0
  const runOne = async (name: string, isDoomed: boolean): Promise<void> => {
    // Who is to be killed has more to do than it lives for.
    const changes = isDoomed ? storm.changesEach * 1000 : storm.changesEach
    const {child, begun, ended} = startChild({...storm, changesEach: changes}, name, answers)
    if (isDoomed) {
      await Promise.race([begun, ended])
      await wait(randomInt(1, 20 + storm.changesEach * 4))
      if (child.kill('SIGKILL')) killed += 1
      await ended
      return runOne(`${name}’`, false)
    }
    assert.equal(await ended, 0, `process ${name} failed`)
  }
  await Promise.all(Array.from({length: storm.processes}, (_, i) => runOne(`process ${String(i)}`, i < storm.kills)))
  return {answers, killed}
}

function startChild(
  {place, keyPath, changesEach}: Storm,
  name: string,
  answers: StormAnswer[],
): {child: ChildProcess; begun: Promise<unknown>; ended: Promise<number | null>} {
  const args = ['--import', 'tsx', SCRIPT, place, keyPath, name, String(changesEach)]
  const child = spawn(process.execPath, args, {stdio: ['ignore', 'pipe', 'inherit']})
  const lines = createInterface({input: child.stdout})
  lines.on('line', (line) => {
    // A process that is killed may leave half a line.
    if (line.endsWith('}')) answers.push(JSON.parse(line) as StormAnswer)
  })
  const begun = once(lines, 'line')
  const closed = once(lines, 'close')
  const ended = once(child, 'exit').then(async ([code]) => {
    await closed
    return code as number | null
  })
  return {child, begun, ended}
}

/** That the ledger is what a ledger must be, and that nothing that was answered is missing in it. */
export async function checkLedger(store: Store, answers: readonly StormAnswer[]): Promise<PointsRecord[]> {
  const records: PointsRecord[] = []
  for await (const record of store.points.all()) records.push(record)
  const sums = new Map<string, number>()
  let sequence = 0
  for (const record of records) {
    const sum = (sums.get(record.user) ?? 0) + record.change
    assert.equal(record.points, sum, 'a balance that does not follow')
    assert.ok(sum >= 0, 'a balance below zero')
    assert.ok(record.sequence > sequence, 'a sequence that was given before')
    sums.set(record.user, sum)
    sequence = record.sequence
  }
  for (const [user, sum] of sums) assert.equal(await store.points.balance(user), sum)
  assert.deepEqual((await store.points.top(1000)).map(({user}) => user).sort(), [...sums.keys()].sort())

  const byKey = indexBy(records, ({idempotency}) => idempotency?.key)
  const byWhy = indexBy(records, ({why}) => why)
  for (const {key, why, outcome, refusal} of answers) {
    const record = key === undefined ? byWhy.get(why ?? '') : byKey.get(key)
    if (outcome !== undefined) assert.deepEqual([record?.points, record?.change], [outcome.points, outcome.change])
    else if (why !== undefined) assert.equal(record, undefined, `${why} was refused and counted`)
    assert.ok(refusal === undefined || refusal.startsWith('points-insufficient'), refusal)
  }
  return records
}

/** Fails where two have the same. */
function indexBy(
  records: readonly PointsRecord[],
  toKey: (record: PointsRecord) => string | undefined,
): Map<string, PointsRecord> {
  const found = new Map<string, PointsRecord>()
  for (const record of records) {
    const key = toKey(record)
    if (key === undefined) continue
    assert.ok(!found.has(key), `${key} was counted twice`)
    found.set(key, record)
  }
  return found
}
