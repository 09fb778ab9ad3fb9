export interface InOrderOptions {
  /** How many are worked on at once. */
  concurrency: number
  /** How many are worked on or wait to be taken, so that one that takes long does not hold up those behind it. */
  window: number
}

/**
 * Works on many things at once and yields the outcomes in the order of the things. The source is read no faster than
 * outcomes are taken, and an outcome is yielded as soon as all before it have been, whether or not the source goes on.
 * Whoever stops taking stops the reading; what is being worked on then ends by itself.
 * @param work never rejects.
 */
export async function* mapInOrder<I, O>(
  source: AsyncIterable<I>,
  {concurrency, window}: InOrderOptions,
  work: (item: I) => Promise<O>,
): AsyncGenerator<O, void, undefined> {
  const outcomes: Promise<O>[] = []
  const working = new Permits(concurrency)
  const held = new Permits(window)
  let wake = (): void => undefined
  let end: {error?: unknown} | undefined
  const taker = {isGone: false}

  const workOn = async (item: I): Promise<O> => {
    try {
      return await work(item)
    } finally {
      working.give()
    }
  }
  const read = async (): Promise<void> => {
    await held.take()
    for await (const item of source) {
      if (!taker.isGone) await working.take()
      if (taker.isGone) return
      outcomes.push(workOn(item))
      wake()
      await held.take()
    }
  }
  void read()
    .then(() => (end = {}))
    .catch((error: unknown) => (end = {error}))
    .finally(() => {
      wake()
    })

  try {
    for (;;) {
      const next = outcomes.shift()
      if (next !== undefined) {
        yield await next
        held.give()
      } else if (end === undefined) await new Promise<void>((resolve) => (wake = resolve))
      else if ('error' in end) throw end.error
      else return
    }
  } finally {
    taker.isGone = true
    working.give()
    held.give()
  }
}

/** Lets so many in at once, the others as permits are given back. */
class Permits {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(count: number) {
    this.#free = count
  }

  async take(): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1
      return
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  give(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#free += 1
    else next()
  }
}
