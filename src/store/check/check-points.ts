import {BehalfError} from '../../model/behalf-error.js'
import type {StoreFinding} from '../../model/store-report.js'
import {readLockNoteAt} from '../file-lock.js'
import {createJsonPoints, pointsLockPathOf} from '../json-points.js'
import {listSegments, pointsFolderOf, segmentPathOf} from '../points-segment.js'
import type {PointsStore} from '../store.js'
import {checkFile} from './check-file-modes.js'

/** Whether every change of a ledger can be read and follows from the one before, and comes to what users are said to have. */
export async function checkPoints(points: PointsStore): Promise<StoreFinding[]> {
  try {
    const sums = new Map<string, number>()
    for await (const {sequence, user, change, points: balance} of points.all()) {
      const sum = (sums.get(user) ?? 0) + change
      if (sum !== balance)
        return [unequal(`the change ${String(sequence)} of ${user} does not follow from the one before`)]
      sums.set(user, sum)
    }
    for (const {user, points: balance} of await points.top(Number.MAX_SAFE_INTEGER)) {
      if (sums.get(user) === balance || (await isEqual(points, user))) continue
      return [unequal(`the changes of ${user} do not come to what ${user} has`)]
    }
    return []
  } catch (error) {
    if (!(error instanceof BehalfError)) throw error
    const {code, message, hint} = error
    return [{severity: 'error', code, message, ...(hint !== undefined && {hint})}]
  }
}

/** The ledger beside a JSON store. No lock is taken, and no file is made. */
export async function checkJsonPoints(storePath: string): Promise<StoreFinding[]> {
  const ready = (): Promise<void> => Promise.resolve()
  const points = createJsonPoints({storePath, writeWaitMs: 0, enterGate: ready, checkStore: ready, makeStore: ready})
  try {
    const folder = pointsFolderOf(storePath)
    const segments = listSegments(folder).map((segment) => segmentPathOf(folder, segment))
    const modes = await Promise.all(segments.map(checkFile))
    const found = [...(await checkPoints(points)), ...modes.flat()]
    const {sequence = 0} = readLockNoteAt(pointsLockPathOf(storePath))
    const [last] = found.some(({severity}) => severity === 'error') ? [] : await points.history({limit: 1})
    if (sequence > (last?.sequence ?? sequence)) found.push(olderLedger(folder))
    return found
  } finally {
    await points.close()
  }
}

/** Points may have been changed since the ledger was read through. */
async function isEqual(points: PointsStore, user: string): Promise<boolean> {
  const [last] = await points.history({user, limit: 1})
  return last?.points === (await points.balance(user))
}

const unequal = (what: string): StoreFinding => ({
  severity: 'error',
  code: 'store-damaged',
  message: `The points ledger is damaged: ${what}.`,
  hint: 'Restore the store from a backup of yours.',
})

const olderLedger = (folder: string): StoreFinding => ({
  severity: 'warning',
  code: 'old-copy',
  message: `The points ledger ${folder} was restored from a copy: changes that were made after it are not in it.`,
})
