import {BehalfError} from '../../model/behalf-error.js'
import {recordShape, unfitChange} from '../points-record.js'
import {rawRefreshShape} from '../raw-refresh.js'
import type {RawRecord, RawRecords} from '../raw-store.js'
import {checkRecord, damagedRecord} from '../record-parts.js'
import {fit} from '../shape.js'

/**
 * Passes records on, up to the first that a store could not take: it has to be known before anything makes room for them.
 * A record that is damaged and can be kept as it is passes; of points and refreshes, which are more than kept, none does.
 * @throws BehalfError `store-damaged`, `invalid-input`.
 */
export async function* checkRawRecords(records: RawRecords): AsyncGenerator<RawRecord> {
  const accounts = new Set<string>()
  const checkPoints = createPointsCheck()
  for await (const record of records) {
    const {section, key, value} = record
    if (value === undefined)
      throw new BehalfError('store-damaged', `Of ${section} ${key} there is a name and no record`)
    if (section === 'accounts') {
      if (accounts.has(key)) throw new BehalfError('store-damaged', `The account ${key} is there twice`)
      accounts.add(key)
    } else if (section === 'refreshes') {
      if ('misfit' in fit(rawRefreshShape, value)) throw damagedRecord('account', key, 'refresh')
    } else if (section === 'points') {
      checkPoints(key, value)
    }
    yield record
  }
}

/** Sums up as the ledger will: a change that it has already is passed over. */
function createPointsCheck(): (key: string, value: unknown) => void {
  const balances = new Map<string, number>()
  let last = 0
  return (key, value) => {
    const {sequence, user, change, points} = checkRecord(recordShape, value, 'points change', key)
    if (sequence <= last) return
    if ((balances.get(user) ?? 0) + change !== points) throw unfitChange(sequence)
    balances.set(user, points)
    last = sequence
  }
}
