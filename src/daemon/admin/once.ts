import {createHash} from 'node:crypto'

import {MINUTE_MS} from '../../model/time.js'

/**
 * Does a thing once for each key: who asks again within two minutes, or while it is being done, is answered as it was
 * then. What failed leaves no trace. For forms that are sent twice, by a second click or a reload; in this process.
 */
export class Once<T> {
  readonly #done = new Map<string, Promise<T>>()

  async run(key: string, action: () => Promise<T>): Promise<T> {
    const name = createHash('sha256').update(key).digest('base64')
    const known = this.#done.get(name)
    if (known) return known
    const done = action()
    this.#done.set(name, done)
    const forget = (): void => {
      if (this.#done.get(name) === done) this.#done.delete(name)
    }
    done.catch(forget)
    // Answers may hold secrets: no longer in memory than they are of use.
    setTimeout(forget, REMEMBERED_MS).unref()
    return done
  }
}

const REMEMBERED_MS = 2 * MINUTE_MS
