import {randomBytes} from 'node:crypto'

import {BehalfError} from '../../model/behalf-error.js'
import {openAccount, sealAccount} from '../account-record.js'
import {incomingStore, movedStore} from '../document-errors.js'
import {openFlow, sealFlow} from '../flow-record.js'
import {openProvider, openProviderState, sealProvider, sealProviderState} from '../provider-record.js'
import {rawRefreshShape} from '../raw-refresh.js'
import type {RawRecord, RawStore} from '../raw-store.js'
import {openReply, sealReply} from '../reply-record.js'
import {KEY_BYTES, toStoreKeys, type BareKeys, type Keyring, type StoreKeys, type WrappedKeys} from '../store-keys.js'

export interface Rekeying {
  store: RawStore
  /** Opens the keys as they are, and as a run that was interrupted left them. */
  keyring: Keyring
  /** Wraps the new ones. */
  nextKeyring: Keyring
  waitMs: number
}

export interface RekeyResult {
  /** A run that was interrupted had made the new key. */
  resumed: boolean
  records: number
  /** Records that could not be opened before either, and are as they were. */
  damaged: string[]
  /**
   * Refreshes that other machines have begun and may have the answers to, sealed with the old key. While there are any it
   * is not forgotten: another run ends it.
   */
  elsewhere: number
}

/**
 * A new data key for all that is sealed, wrapped under the sealing secret that is or comes to be. The token key stays:
 * API tokens go on working. First both data keys are stored, then each record is sealed anew, then the old key is
 * forgotten: killed at any moment, every record opens, and another run ends it.
 * @throws BehalfError `store-locked`, `store-moved`, `wrong-secret`, `invalid-input` for an empty store.
 */
export async function rekeyStore({store, keyring, nextKeyring, waitMs}: Rekeying): Promise<RekeyResult> {
  await store.claim(waitMs)
  const state = await store.readState()
  if (state.kind === 'moved') throw movedStore(store.location, state.other)
  if (state.kind === 'incoming') throw incomingStore(store.location, state)
  if (state.kind === 'empty') {
    throw new BehalfError('invalid-input', `There is nothing to seal anew: the store ${store.location} is empty.`)
  }
  const head = await store.readHead()
  const before = await unwrapEither(head.keys, keyring, nextKeyring)
  const resumed = before.previous !== undefined
  const bare: BareKeys = resumed ? before : {data: randomBytes(KEY_BYTES), token: before.token, previous: before.data}
  const [from, to] = [toStoreKeys(before), toStoreKeys(bare)]
  const damaged: string[] = []
  let records = 0
  const elsewhere = await store.rewrite({...head, keys: await nextKeyring.wrap(bare)}, (record) => {
    records += 1
    try {
      return sealAnew(record, from, to)
    } catch (error) {
      if (!(error instanceof BehalfError)) throw error
      damaged.push(`${record.section} ${record.key}`)
      return record.value
    }
  })
  if (elsewhere === 0) {
    await store.writeHead({...head, keys: await nextKeyring.wrap({data: bare.data, token: bare.token})})
  }
  return {resumed, records, damaged, elsewhere}
}

/** A run that was interrupted may have wrapped them under the new secret already. */
async function unwrapEither(wrapped: WrappedKeys, keyring: Keyring, nextKeyring: Keyring): Promise<BareKeys> {
  try {
    return await keyring.unwrap(wrapped)
  } catch (error) {
    const isOther = error instanceof BehalfError && error.code === 'wrong-secret'
    const opened = isOther ? await nextKeyring.unwrap(wrapped).catch(() => undefined) : undefined
    if (opened === undefined) throw error
    return opened
  }
}

function sealAnew({section, key, value}: RawRecord, from: StoreKeys, to: StoreKeys): unknown {
  switch (section) {
    case 'accounts':
      return sealAccount(openAccount(value, key, from), to)
    case 'providers':
      return sealProvider(openProvider(value, key, from), to)
    case 'providerStates':
      return sealProviderState(openProviderState(value, key, from), to)
    case 'flows':
      return sealFlow(openFlow(value, key, from), to)
    case 'refreshes': {
      const {intent, reply} = rawRefreshShape(value)
      const opened = reply === undefined ? undefined : openReply(reply, intent, from.sealer)
      return {intent, ...(opened && {reply: sealReply(opened, intent, to.sealer)})}
    }
    case 'apiTokens':
    case 'points':
      return value
  }
}
