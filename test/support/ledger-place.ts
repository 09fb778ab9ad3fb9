import {mkdir} from 'node:fs/promises'
import {join} from 'node:path'

import type {PointsRecord} from '../../src/model/points.js'
import {createJsonPoints} from '../../src/store/json-points.js'
import {pointsFolderOf, segmentPathOf} from '../../src/store/points-segment.js'
import type {PointsStore} from '../../src/store/store.js'
import {makeTemporaryFolder, removeFolder} from './temporary-folder.js'

/** A folder with the ledger of a JSON store, and nothing else of one. */
export interface LedgerPlace {
  readonly storePath: string
  /** Where the segments are. */
  readonly folder: string
  segment(number: number): string
  /** Opens another instance, as another process would. */
  open(options?: {segmentBytes?: number; writeWaitMs?: number}): PointsStore
  /** Closes what was opened. */
  close(): Promise<void>
  /** Closes what was opened and deletes the folder. */
  dispose(): Promise<void>
}

export async function makeLedgerPlace(): Promise<LedgerPlace> {
  const folder = await makeTemporaryFolder()
  await mkdir(join(folder, 'data'), {mode: 0o700})
  const storePath = join(folder, 'data', 'store.json')
  const opened: PointsStore[] = []
  const close = async (): Promise<void> => {
    for (const points of opened.splice(0)) await points.close()
  }
  return {
    storePath,
    folder: pointsFolderOf(storePath),
    segment: (number) => segmentPathOf(pointsFolderOf(storePath), number),
    open(options = {}) {
      const ready = () => Promise.resolve()
      const parts = {storePath, writeWaitMs: 15_000, enterGate: ready, checkStore: ready, makeStore: ready}
      const points = createJsonPoints({...parts, ...options})
      opened.push(points)
      return points
    },
    close,
    async dispose() {
      await close()
      await removeFolder(folder)
    },
  }
}

export async function collectPoints(points: PointsStore): Promise<PointsRecord[]> {
  const records: PointsRecord[] = []
  for await (const record of points.all()) records.push(record)
  return records
}
