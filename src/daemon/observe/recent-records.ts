/** The last so many of something; older ones are forgotten. */
export interface RecentRecords<T extends {sequence: number}> {
  /** @param record Its sequence is larger than those before. */
  add(record: T): void
  /** What came after that one and is still there, the latest first. */
  since(sequence: number): T[]
}

export function createRecentRecords<T extends {sequence: number}>(most: number): RecentRecords<T> {
  const records: T[] = []
  /** Where the next one goes. */
  let end = 0
  return {
    add(record) {
      records[end] = record
      end = (end + 1) % most
    },
    since(sequence) {
      const latestFirst = [...records.slice(0, end).reverse(), ...records.slice(end).reverse()]
      const known = latestFirst.findIndex((record) => record.sequence <= sequence)
      return known < 0 ? latestFirst : latestFirst.slice(0, known)
    },
  }
}
