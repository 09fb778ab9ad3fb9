import type {EpochMs} from '../model/time.js'
import {mapSections, type Section, type SectionName, type StoreDocument} from './document.js'

/**
 * A changed copy of a document. A section is copied when it is first written to; records are replaced, never changed.
 */
export class DocumentDraft {
  readonly #sections: Record<SectionName, Section>
  readonly #copied = new Map<SectionName, Map<string, unknown>>()
  #undo: (() => void)[] = []
  #changes = 0
  #flowsCollectedAt: EpochMs | undefined
  /** Accounts that must not be in the backup either once this is written. */
  readonly #withheld = new Set<string>()

  constructor(readonly base: StoreDocument) {
    this.#sections = {...base.sections}
    this.#flowsCollectedAt = base.flowsCollectedAt
  }

  get flowsCollectedAt(): EpochMs | undefined {
    return this.#flowsCollectedAt
  }

  get hasChanged(): boolean {
    return this.#changes > 0
  }

  get withheldAccounts(): ReadonlySet<string> {
    return this.#withheld
  }

  get(section: SectionName, key: string): unknown {
    return this.#sections[section].get(key)
  }

  entries(section: SectionName): Section {
    return this.#sections[section]
  }

  set(section: SectionName, key: string, record: unknown): void {
    const map = this.#copyOf(section)
    const before = map.get(key)
    this.#note(() => (before === undefined ? map.delete(key) : map.set(key, before)))
    map.set(key, record)
  }

  /** False when there was no such record. */
  delete(section: SectionName, key: string): boolean {
    const map = this.#copyOf(section)
    const before = map.get(key)
    if (before === undefined) return false
    this.#note(() => map.set(key, before))
    return map.delete(key)
  }

  noteFlowsCollected(at: EpochMs): void {
    const before = this.#flowsCollectedAt
    this.#note(() => (this.#flowsCollectedAt = before))
    this.#flowsCollectedAt = at
  }

  /** Has the document written although no record changed. */
  touch(): void {
    this.#changes += 1
  }

  /** Keeps an account out of the backup that this write makes (design 7, rule 11). */
  withholdFromBackup(key: string): void {
    this.#note(() => this.#withheld.delete(key))
    this.#withheld.add(key)
  }

  /** Runs a change; if it throws, what it did so far is taken back and what others did stays. */
  attempt<T>(change: (draft: DocumentDraft) => T): T {
    this.#undo = []
    const changesBefore = this.#changes
    try {
      return change(this)
    } catch (error) {
      for (const undo of this.#undo.reverse()) undo()
      this.#changes = changesBefore
      throw error
    }
  }

  sections(): StoreDocument['sections'] {
    return mapSections((name) => this.#sections[name])
  }

  #note(undo: () => unknown): void {
    this.#undo.push(() => {
      undo()
    })
    this.#changes += 1
  }

  #copyOf(section: SectionName): Map<string, unknown> {
    const known = this.#copied.get(section)
    if (known !== undefined) return known
    const copy = new Map(this.#sections[section])
    this.#copied.set(section, copy)
    this.#sections[section] = copy
    return copy
  }
}
