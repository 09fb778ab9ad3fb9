/**
 * Notices cursors that lead in a circle, in constant memory however long the walk is: one cursor is remembered, the
 * latest at each power of two (R. P. Brent, 1980), so a circle is noticed within a few rounds.
 */
export class CursorTrail {
  #latest: string | undefined
  #remembered: string | undefined
  #steps = 0
  #rememberAgainAt = 1

  /** False for the cursor of the page before, and for one that has been there. */
  isNew(cursor: string): boolean {
    if (cursor === this.#remembered || cursor === this.#latest) return false
    this.#latest = cursor
    this.#steps += 1
    if (this.#steps === this.#rememberAgainAt) {
      this.#remembered = cursor
      this.#rememberAgainAt *= 2
    }
    return true
  }
}
