import {rm} from 'node:fs/promises'

import {BehalfError} from '../model/behalf-error.js'
import {JournalFolder, journalNameOf} from './journal.js'
import {rawRefreshShape} from './raw-refresh.js'
import type {RawRecord} from './raw-store.js'
import {fit} from './shape.js'
import {toStorageError} from './storage-error.js'

/** The journals of a JSON store, as records by account key. */
export class JsonRawRefreshes {
  readonly #folder: string
  readonly #journals: JournalFolder

  constructor(storePath: string) {
    this.#folder = `${storePath}.journals`
    this.#journals = new JournalFolder(storePath)
  }

  /** @throws BehalfError `store-damaged` where one cannot be read: a refresh settles what it is about. */
  async *list(accountKeys: Iterable<string>): AsyncIterable<RawRecord> {
    const names = await this.#journals.listNames()
    if (names.size === 0) return
    for (const key of accountKeys) {
      const entry = names.has(journalNameOf(key)) ? await this.#journals.read(key) : undefined
      if (entry === undefined) continue
      const {intent, sealedReply: reply} = entry
      if (intent === undefined) throw unreadable(key)
      yield {section: 'refreshes', key, value: {intent, ...(reply !== undefined && {reply})}}
    }
  }

  async put({key, value}: RawRecord): Promise<void> {
    const refresh = fit(rawRefreshShape, value)
    if ('misfit' in refresh) throw unreadable(key)
    await this.#journals.put(key, refresh.value.intent, refresh.value.reply)
  }

  async clear(): Promise<void> {
    try {
      await rm(this.#folder, {recursive: true, force: true})
    } catch (error) {
      throw toStorageError(error, 'write', this.#folder)
    }
  }
}

const unreadable = (key: string): BehalfError =>
  new BehalfError('store-damaged', `What is noted of a refresh of ${key} that was begun cannot be read`, {
    hint: `behalf refresh ${key}`,
  })
