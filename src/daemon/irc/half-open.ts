/**
 * Those who have connected and not said who they are. Where there are too many the oldest goes, so that who says it at
 * once comes in whatever the others do.
 */
export class HalfOpen<T> {
  readonly #max: {perAddress: number; total: number}
  /** The oldest first, of each address and of all. */
  readonly #byAddress = new Map<string, Set<T>>()
  readonly #addresses = new Map<T, string>()

  constructor(max: {perAddress: number; total: number}) {
    this.#max = max
  }

  /** @returns who has to go for it. */
  add(one: T, address: string): T | undefined {
    const neighbours = this.#byAddress.get(address) ?? new Set()
    this.#byAddress.set(address, neighbours.add(one))
    this.#addresses.set(one, address)
    if (neighbours.size > this.#max.perAddress) return oldestOf(neighbours)
    return this.#addresses.size > this.#max.total ? oldestOf(this.#addresses.keys()) : undefined
  }

  delete(one: T): void {
    const address = this.#addresses.get(one)
    if (address === undefined) return
    this.#addresses.delete(one)
    const neighbours = this.#byAddress.get(address)
    neighbours?.delete(one)
    if (neighbours?.size === 0) this.#byAddress.delete(address)
  }
}

function oldestOf<T>(ones: Iterable<T>): T | undefined {
  const [oldest] = ones
  return oldest
}
