/** Which change of tokens in a slot it was: its number, and an id that no other history has at this number. */
export interface WriteMark {
  readonly count: number
  /** 48 random bits; 0 where it is not known. */
  readonly id: number
}

/** How many of the last marks a slot keeps. */
export const KEPT_MARKS = 64

export const NO_WRITE: WriteMark = {count: 0, id: 0}

/** The field of the slot's hash that has the mark with this number, or a later one in its place. */
export const markField = (count: number): string => `write-${String(count % KEPT_MARKS)}`

/** @param stored `<number>:<id in hexadecimal digits, if known>`; anything else is read as if there were none. */
export function parseMark(stored: unknown): WriteMark {
  const [, count, id] = /^(\d{1,15}):([0-9a-f]{0,12})$/.exec(String(stored)) ?? []
  return count === undefined ? NO_WRITE : {count: Number(count), id: id ? Number.parseInt(id, 16) : 0}
}

export const formatMark = ({count, id}: WriteMark): string =>
  `${String(count)}:${id === 0 ? '' : id.toString(16).padStart(12, '0')}`

/**
 * Whether a store goes on from what was seen of it.
 * @param count how many changes it tells of now.
 * @param then what it has at the number that was seen. A mark that is gone, or was never there, speaks for nothing.
 */
export function goesOn({seen, count, then}: {seen: WriteMark; count: number; then: WriteMark}): boolean {
  if (count < seen.count) return false
  return then.count !== seen.count || then.id === 0 || seen.id === 0 || then.id === seen.id
}
