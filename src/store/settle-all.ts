/**
 * Like `Promise.all`, but nothing is under way any more when it fails: whoever gives up a lock or a gate after it leaves
 * no write behind.
 * @throws what the first of them, in their order, was rejected with.
 */
export async function settleAll<T>(promises: Iterable<Promise<T>>): Promise<T[]> {
  const all = Array.from(promises)
  await Promise.allSettled(all)
  return Promise.all(all)
}
