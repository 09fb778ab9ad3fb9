import {MINUTE_MS, type EpochMs} from '../model/time.js'
import type {DocumentBase} from './document-base.js'
import type {DocumentDraft} from './document-draft.js'
import type {SectionName} from './document.js'

/** What is noted: a time, in a field of the records of a section. */
export interface SoftField<F extends string> {
  section: SectionName
  field: F
  /** The field that says since when the record is about the same: an older note is about something else. */
  since?: string
}

/** Times of records that change too often, and matter too little, for a write of their own. */
export class SoftNotes<F extends string> {
  readonly #base: DocumentBase
  readonly #about: SoftField<F>
  readonly #notes = new Map<string, EpochMs>()
  #timer: NodeJS.Timeout | undefined

  constructor(base: DocumentBase, about: SoftField<F>) {
    this.#base = base
    this.#about = about
    base.rideAlong((draft) => {
      this.#save(draft)
    })
  }

  add(key: string, at: EpochMs): void {
    if (at > (this.#notes.get(key) ?? -Infinity)) this.#notes.set(key, at)
    this.#timer ??= setTimeout(() => {
      // Nobody waits for this; what could not be saved rides along with the next write.
      this.flush().catch(() => undefined)
    }, MINUTE_MS).unref()
  }

  forget(key: string): void {
    this.#notes.delete(key)
  }

  layOver<R extends object>(key: string, record: R): R {
    const at = this.#newsOf(key, record)
    return at === undefined ? record : {...record, [this.#about.field]: at}
  }

  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#notes.size === 0) return
    const section = (await this.#base.read()).sections[this.#about.section]
    if (this.#allNews((key) => section.get(key)).length > 0) await this.#base.change(() => undefined)
  }

  /** Records are patched, not opened: a damaged one must not keep others from being written. */
  #save(draft: DocumentDraft): void {
    const {section, field} = this.#about
    for (const {key, record, at} of this.#allNews((name) => draft.get(section, name))) {
      draft.set(section, key, {...record, [field]: at})
    }
  }

  /** What is not yet in the records. */
  #allNews(find: (key: string) => unknown): {key: string; record: object; at: EpochMs}[] {
    return Array.from(this.#notes.keys()).flatMap((key) => {
      const record = find(key)
      if (typeof record !== 'object' || record === null) return []
      const at = this.#newsOf(key, record)
      return at === undefined ? [] : [{key, record, at}]
    })
  }

  /** The time noted for a record, where it is later than what the record says. */
  #newsOf(key: string, record: object): EpochMs | undefined {
    const at = this.#notes.get(key)
    if (at === undefined || at <= timeIn(record, this.#about.field)) return undefined
    const {since} = this.#about
    return since !== undefined && at < timeIn(record, since) ? undefined : at
  }
}

function timeIn(record: object, field: string): number {
  const time: unknown = (record as Record<string, unknown>)[field]
  return time === undefined ? -Infinity : Number(time)
}
