const ends: (() => void | Promise<void>)[] = []

/**
 * Something that tests share is ended after the last of them. Where files run in parallel that is after each file, so
 * that it may be begun, and ended, again.
 */
export const afterSharing = (end: () => void | Promise<void>): void => void ends.push(end)

/** All are ended, also when one fails. */
export async function endSharedParts(): Promise<void> {
  const results = await Promise.allSettled(ends.map(async (end) => end()))
  const failed = results.find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
}
