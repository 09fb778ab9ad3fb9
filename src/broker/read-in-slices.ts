/** Over a network one read after the other would take its time, and all at once much memory. */
const SLICE = 100

/** Reads many things, so many at once, and yields what was read in order. Whoever stops taking stops the reading. */
export async function* readInSlices<I, O>(
  items: readonly I[],
  read: (item: I) => Promise<O>,
): AsyncGenerator<O, void, undefined> {
  for (let start = 0; start < items.length; start += SLICE) {
    yield* await Promise.all(items.slice(start, start + SLICE).map(read))
  }
}
