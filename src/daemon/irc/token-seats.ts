import {BehalfError} from '../../model/behalf-error.js'

/** How many connections one API token may have. */
const MAX_CONNECTIONS = 20

/** Counts the connections of each API token, those too that are being let in. */
export class TokenSeats {
  readonly #taken = new Map<string, number>()

  /** @returns what gives the seat back. @throws BehalfError `refused` when all are taken. */
  take(apiTokenId: string): () => void {
    const taken = this.#taken.get(apiTokenId) ?? 0
    if (taken >= MAX_CONNECTIONS) {
      throw new BehalfError('refused', `The API token has ${String(MAX_CONNECTIONS)} connections already.`)
    }
    this.#taken.set(apiTokenId, taken + 1)
    return () => {
      const left = (this.#taken.get(apiTokenId) ?? 1) - 1
      if (left > 0) this.#taken.set(apiTokenId, left)
      else this.#taken.delete(apiTokenId)
    }
  }
}
