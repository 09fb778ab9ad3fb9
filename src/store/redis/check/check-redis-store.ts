import type {SealingSecretSource} from '../../../config/settings.js'
import type {RedisPlace} from '../../../config/store-place.js'
import {BehalfError} from '../../../model/behalf-error.js'
import type {StoreFinding, StoreReport} from '../../../model/store-report.js'
import type {Clock} from '../../../model/time.js'
import {checkConsistency} from '../../check/check-consistency.js'
import {checkPoints} from '../../check/check-points.js'
import {openRecords} from '../../check/open-records.js'
import {incomingStore, movedStore} from '../../document-errors.js'
import {createEmptyDocument, mapSections, SECTION_NAMES, type Sections} from '../../document.js'
import type {RawStore} from '../../raw-store.js'
import {Keyring} from '../../store-keys.js'
import {openRedisConnection} from '../connection.js'
import {RedisKeys} from '../keys.js'
import {readingParts} from '../redis-parts.js'
import {createRedisPoints} from '../redis-points.js'
import {openRedisRawStore} from '../redis-raw-store.js'
import {checkKeys} from './check-keys.js'

export interface RedisCheckOptions {
  place: RedisPlace
  secret: SealingSecretSource
  /** Providers that the environment gives. */
  givenProviders: readonly string[]
}

/** Opens every record, holds the hints against them, and looks for what is left over. Changes nothing. */
export async function checkRedisStore(options: RedisCheckOptions, clock: Clock): Promise<StoreReport> {
  const {location} = options.place
  const raw = openRedisRawStore(options.place, clock)
  try {
    return await checkWhole(raw, options, clock)
  } catch (error) {
    if (!(error instanceof BehalfError)) throw error
    const {code, message, hint} = error
    const finding: StoreFinding = {severity: 'error', code, message, ...(hint !== undefined && {hint})}
    return {location, exists: true, accounts: 0, findings: [finding]}
  } finally {
    await raw.close()
  }
}

async function checkWhole(
  raw: RawStore,
  {place, secret, givenProviders}: RedisCheckOptions,
  clock: Clock,
): Promise<StoreReport> {
  const {location} = place
  const connection = openRedisConnection(place)
  try {
    const keys = new RedisKeys(place.prefix)
    const state = await raw.readState()
    const exists = (await connection.send(keys.meta, ['EXISTS', keys.meta])) === 1
    if (!exists) return {location, exists, accounts: 0, findings: []}
    if (state.kind === 'moved') throw movedStore(location, state.other)
    if (state.kind === 'incoming') throw incomingStore(location, state)
    const {keys: wrapped, writtenAt} = await raw.readHead()
    const sections = await readSections(raw)
    const records = openRecords({...createEmptyDocument(), sections}, await new Keyring(secret).open(wrapped))
    const findings = [
      ...records.damaged,
      ...checkConsistency(records, givenProviders),
      ...(await checkKeys(connection, keys, records)),
      ...(await checkPoints(createRedisPoints(readingParts({place, connection, keys, clock})))),
    ]
    const accounts = sections.accounts.size
    return {location, exists, accounts, ...(Number.isFinite(writtenAt) && {lastWrittenAt: writtenAt}), findings}
  } finally {
    await connection.close()
  }
}

async function readSections(raw: RawStore): Promise<Sections> {
  const sections = mapSections(() => new Map())
  for await (const {section, key, value} of raw.records()) {
    const name = SECTION_NAMES.find((one) => one === section)
    if (name !== undefined) (sections[name] as Map<string, unknown>).set(key, value)
  }
  return sections
}
