import {randomInt} from 'node:crypto'

import {createSystemClock} from '../../src/config/system-clock.js'
import {readSettings} from '../../src/config/settings.js'
import type {PointsOutcome, PointsRequest} from '../../src/model/points.js'
import {openStore} from '../../src/store/open-store.js'
import {add, set} from './make-points-request.js'

/**
 * One process of the storm of points: `points-child.ts PLACE KEY_PATH NAME COUNT`. It asks for so many random changes,
 * some at once, and prints a line for each that was answered: {@link StormAnswer}.
 */
const [place = '', keyPath = '', name = '', count = '0'] = process.argv.slice(2)

export interface StormAnswer {
  /** Of a change without idempotency key: what is unique about it. */
  why?: string
  /** Of a change with one, which other processes ask for too. */
  key?: string
  outcome?: PointsOutcome
  /** The code and message of the error. */
  refusal?: string
}

const MOST_AT_ONCE = 12
const USERS = 9
/** Few enough that most are asked for several times. */
const KEYS = 100

const userOf = (number: number): string => `viewer ${String(number % USERS)}`

const store = await openStore({
  place: readSettings({store: place}).store,
  secret: {kind: 'default-key-file', path: keyPath},
  clock: createSystemClock(),
})

async function changeOnce(number: number): Promise<void> {
  const why = `${name}-${String(number)}`
  const user = userOf(randomInt(USERS))
  const step = randomInt(20) === 0 ? set(randomInt(200)) : add(randomInt(-60, 80))
  await report({why}, {...step, user, why, at: Date.now()})
}

/** The same request for the same key, whoever makes it. */
async function changeUnderKey(number: number): Promise<void> {
  const key = `key ${String(number)}`
  const request = add(((number * 37) % 101) - 30, {user: userOf(number), by: 'madeup01', at: Date.now()})
  await report({key}, {...request, idempotency: {key, request: key}})
}

async function report(what: StormAnswer, request: PointsRequest): Promise<void> {
  const answer: StormAnswer = await changePatiently(request).then(
    (outcome) => ({...what, outcome}),
    (error: unknown) => {
      if (error instanceof Error && 'code' in error)
        return {...what, refusal: `${String(error.code)}: ${error.message}`}
      throw error
    },
  )
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}

/** A crowded machine may take longer than one waits for the lock: nothing was changed then. */
async function changePatiently(request: PointsRequest): Promise<PointsOutcome> {
  for (;;) {
    try {
      return await store.points.change(request)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'store-locked')) throw error
      process.stderr.write(`${name} waited in vain\n`)
    }
  }
}

for (let made = 0; made < Number(count);) {
  const together = Math.min(randomInt(1, MOST_AT_ONCE + 1), Number(count) - made)
  const first = made
  await Promise.all(
    Array.from({length: together}, (_, i) =>
      randomInt(3) === 0 ? changeUnderKey(randomInt(KEYS)) : changeOnce(first + i),
    ),
  )
  made += together
}
await store.close()
