import {createHash} from 'node:crypto'
import {closeSync, constants, mkdirSync, openSync, readSync, writeSync} from 'node:fs'
import {join} from 'node:path'

import {NO_WRITE, type WriteMark} from './write-mark.js'

const NUMBER_BYTES = 8
const BYTES = 2 * NUMBER_BYTES

/**
 * The last of the changes of tokens in each slot that this machine has seen: a store that tells of fewer, or of another one
 * in its place, is an old copy (design 7, rule 12). Kept in a small file for all processes of the machine. It need not be
 * durable, nor exact: what is forgotten of it makes one old copy less noticed, and costs no token by itself.
 */
export class SeenWrites {
  readonly #folder: string
  readonly #marks = new Map<number, WriteMark>()
  #path: string | undefined
  #file: number | undefined

  constructor(folder: string) {
    this.#folder = folder
  }

  /** @param id of the store: another one at the same address has counts of its own. */
  belongTo(id: string): void {
    const path = join(this.#folder, `seen-writes-${createHash('sha256').update(id).digest('hex').slice(0, 16)}`)
    if (path === this.#path) return
    this.close()
    this.#marks.clear()
    this.#path = path
  }

  /** The last that was seen of a slot. */
  of(slot: number): WriteMark {
    const own = this.#marks.get(slot) ?? NO_WRITE
    const shared = this.#read(slot)
    return own.count > shared.count ? own : shared
  }

  /** Notes what follows what was seen: who calls has compared them. */
  note(slot: number, mark: WriteMark): void {
    if (mark.count > this.of(slot).count) this.replace(slot, mark)
  }

  /** Believes this from now on, whatever was seen before. */
  replace(slot: number, {count, id}: WriteMark): void {
    this.#marks.set(slot, {count, id})
    const bytes = Buffer.alloc(BYTES)
    bytes.writeDoubleLE(count)
    bytes.writeDoubleLE(id, NUMBER_BYTES)
    this.#use((file) => writeSync(file, bytes, 0, BYTES, slot * BYTES))
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
  }

  #read(slot: number): WriteMark {
    const bytes = Buffer.alloc(BYTES)
    const length = this.#use((file) => readSync(file, bytes, 0, BYTES, slot * BYTES))
    if (length !== BYTES) return NO_WRITE
    const count = bytes.readDoubleLE()
    const id = bytes.readDoubleLE(NUMBER_BYTES)
    return isCount(count) && isCount(id) ? {count, id} : NO_WRITE
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

const isCount = (number: number): boolean => Number.isSafeInteger(number) && number >= 0
