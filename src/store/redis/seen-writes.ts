import {createHash} from 'node:crypto'
import {closeSync, constants, mkdirSync, openSync, readSync, writeSync} from 'node:fs'
import {join} from 'node:path'

const BYTES = 8

/**
 * How often tokens have changed in each slot, as far as this machine has seen: a store that tells of fewer is an old copy
 * (design 7, rule 12). Kept in a small file for all processes of the machine. It need not be durable, nor exact: what is
 * forgotten of it makes one old copy less noticed, and costs no token by itself.
 */
export class SeenWrites {
  readonly #folder: string
  readonly #counts = new Map<number, number>()
  #path: string | undefined
  #file: number | undefined

  constructor(folder: string) {
    this.#folder = folder
  }

  /** @param id of the store: another one at the same address has counts of its own. */
  belongTo(id: string): void {
    const path = join(this.#folder, `seen-${createHash('sha256').update(id).digest('hex').slice(0, 16)}`)
    if (path === this.#path) return
    this.close()
    this.#counts.clear()
    this.#path = path
  }

  /** The highest count that was seen of a slot; 0 for none. */
  of(slot: number): number {
    return Math.max(this.#counts.get(slot) ?? 0, this.#read(slot))
  }

  note(slot: number, count: number): void {
    if (!(count > this.of(slot))) return
    this.#counts.set(slot, count)
    const bytes = Buffer.alloc(BYTES)
    bytes.writeDoubleLE(count)
    this.#use((file) => writeSync(file, bytes, 0, BYTES, slot * BYTES))
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
  }

  #read(slot: number): number {
    const bytes = Buffer.alloc(BYTES)
    const length = this.#use((file) => readSync(file, bytes, 0, BYTES, slot * BYTES))
    const count = length === BYTES ? bytes.readDoubleLE() : 0
    return Number.isSafeInteger(count) && count > 0 ? count : 0
  }

  /** Where the folder cannot be used, what this process has seen must do. */
  #use(work: (file: number) => number): number {
    if (this.#path === undefined) return 0
    try {
      this.#file ??= this.#open(this.#path)
      return work(this.#file)
    } catch {
      return 0
    }
  }

  #open(path: string): number {
    mkdirSync(this.#folder, {recursive: true, mode: 0o700})
    return openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600)
  }
}
