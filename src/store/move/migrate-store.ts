import {BehalfError} from '../../model/behalf-error.js'
import type {RawMove, RawState, RawStore} from '../raw-store.js'
import {incomingStore, movedStore} from '../document-errors.js'
import type {Keyring} from '../store-keys.js'
import {compareRecords, countRecords, type RecordCounts} from './compare-records.js'
import {movedRecords} from './moved-records.js'
import {notEmpty} from './move-errors.js'

export interface Migration {
  from: RawStore
  to: RawStore
  /** Opens the keys of both, which are the same. */
  keyring: Keyring
  /** Names this move among all others. */
  makeId: () => string
  /** How long who still works there is waited for. */
  waitMs: number
  /** Called as it goes on. */
  report: (step: MigrationStep) => void
}

export type MigrationStep = 'copying' | 'comparing' | 'switching'

export interface MigrationResult {
  from: string
  to: string
  records: RecordCounts
  /** An earlier run had got so far that the switch was left at most. */
  resumed: boolean
}

/**
 * Moves a store: alone at both ends it copies the records as they are, compares all of them, gives up the source and
 * takes the target into use, in this order. At no moment are both in use, and killed in between it is to be run again.
 * @throws BehalfError `store-locked`, `store-moved`, `store-not-empty`, `wrong-secret`, and what stores throw.
 */
export async function migrateStore(migration: Migration): Promise<MigrationResult> {
  const {from, to, keyring, makeId, waitMs, report} = migration
  await from.claim(waitMs)
  await to.claim(waitMs)
  const [source, target] = [await from.readState(), await to.readState()]
  if (source.kind === 'moved') return finish(migration, source, target)
  if (source.kind === 'incoming') throw incomingStore(from.location, source)
  if (source.kind === 'empty') {
    throw new BehalfError('invalid-input', `There is nothing to move: the store ${from.location} is empty.`)
  }
  if (target.kind === 'live') throw notEmpty(to, 'Name another store to move to.')
  if (target.kind === 'incoming' && target.other !== from.location) throw incomingStore(to.location, target)
  const head = await from.readHead()
  const keys = await keyring.open(head.keys)
  const id = makeId()
  report('copying')
  await to.stage({id, other: from.location}, {head, keys, records: movedRecords(from)})
  report('comparing')
  const records = await compareRecords(from, to)
  report('switching')
  await from.retire({id, other: to.location})
  await to.activate()
  return {from: from.location, to: to.location, records, resumed: false}
}

/** A run that was interrupted had come to the switch, or to its end. */
async function finish({from, to, report}: Migration, source: RawMove, target: RawState): Promise<MigrationResult> {
  const isLeft = target.kind === 'incoming' && target.id === source.id
  const isDone = target.kind === 'live' && source.other === to.location
  if (!isLeft && !isDone) throw movedStore(from.location, source.other)
  report('switching')
  // It may not have come to all its parts.
  await from.retire({id: source.id, other: source.other})
  if (isLeft) await to.activate()
  return {from: from.location, to: to.location, records: await countRecords(to), resumed: true}
}
