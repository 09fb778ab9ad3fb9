import type {StoreKeys} from './store-keys.js'

/**
 * What records said when they were checked and opened. Records are replaced and never changed, so it holds as long as
 * a record is there; what is handed out is frozen, for others get the same.
 */
export class OpenedRecords<T extends object> {
  readonly #open: (record: unknown, key: string, keys: StoreKeys) => T
  readonly #opened = new WeakMap<object, {keys: StoreKeys; value: T}>()

  constructor(open: (record: unknown, key: string, keys: StoreKeys) => T) {
    this.#open = open
  }

  /** @throws BehalfError `store-damaged`, each time. */
  get(record: unknown, key: string, keys: StoreKeys): T {
    const known = isObject(record) ? this.#opened.get(record) : undefined
    if (known?.keys === keys) return known.value
    const value = freeze(this.#open(record, key, keys))
    if (isObject(record)) this.#opened.set(record, {keys, value})
    return value
  }
}

/** As deep as records are; what has a class of its own, such as a secret, cannot be changed anyway. */
function freeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) {
    if (isObject(part) && (Array.isArray(part) || Object.getPrototypeOf(part) === Object.prototype)) freeze(part)
  }
  return Object.freeze(value)
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
