/** How many suggestions are worth reading. */
const MOST_SUGGESTIONS = 3

/**
 * The candidates that `name` was most likely meant to be, nearest first, at most three.
 * A slip or two is forgiven, a third of the letters in longer names; so is a name that was not finished.
 */
export function nearestNames(name: string, candidates: Iterable<string>): string[] {
  const wanted = name.toLowerCase()
  const allowed = Math.max(2, Math.floor(wanted.length / 3))
  const near: {candidate: string; distance: number}[] = []
  for (const candidate of new Set(candidates)) {
    const distance = nameDistance(wanted, candidate.toLowerCase(), allowed)
    if (distance <= allowed && distance < wanted.length) near.push({candidate, distance})
  }
  near.sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
  return near.slice(0, MOST_SUGGESTIONS).map(({candidate}) => candidate)
}

function nameDistance(wanted: string, candidate: string, limit: number): number {
  const unfinished = wanted.length >= 3 && candidate.startsWith(wanted)
  if (unfinished) return 1
  return Math.abs(wanted.length - candidate.length) > limit ? Infinity : editDistance(wanted, candidate)
}

/** Letters to add, drop, change, or swap with their neighbour (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({length: b.length + 1}, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1]
      let cost = Math.min(at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + (same ? 0 : 1))
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      if (swapped) cost = Math.min(cost, at(beforeLast, column - 2) + 1)
      current.push(cost)
    }
    beforeLast = last
    last = current
  }
  return at(last, b.length)
}

const at = (row: readonly number[], column: number): number => row[column] ?? Infinity
