/** Something that goes to Twitch in an account's name, when the account's limits let it. */
export interface PacedLine {
  /** Whose it is: what one connection says in a channel stays in order. */
  owner: object
  /** All connections of one take their turn together. */
  apiTokenId: string
  /** `free`: it counts nothing, and waits only for what came before it. */
  kind: 'message' | 'join' | 'login' | 'free'
  /** In lower case, each once. */
  channels: readonly string[]
  send(): void
  /** It has to wait for the limits, or for what waits for them. */
  onWait?(): void
}

export interface WaitingLine {
  readonly line: PacedLine
  /** Of two the lower came first, whosever they are. */
  readonly order: number
  /** In how many of its channels another comes before it. */
  behind: number
}

/**
 * What waits of one connection, in each channel in the order in which it came. To add or to take a line costs what its
 * own channels are, however much waits.
 */
export class WaitingLines {
  readonly #byChannel = new Map<string, WaitingLine[]>()
  readonly #counts = new Map<PacedLine['kind'], number>()
  /** Those that come first in all of their channels. */
  readonly first = new Set<WaitingLine>()

  /** Of one kind, or of all. */
  count(kind?: PacedLine['kind']): number {
    if (kind) return this.#counts.get(kind) ?? 0
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0)
  }

  /** Whether one that waits has to be sent before it. */
  holdUp({channels}: PacedLine): boolean {
    return channels.some((channel) => this.#byChannel.has(channel))
  }

  add(line: PacedLine, order: number): WaitingLine {
    const added: WaitingLine = {line, order, behind: 0}
    for (const channel of line.channels) {
      const others = this.#byChannel.get(channel)
      if (others) added.behind += 1
      if (others) others.push(added)
      else this.#byChannel.set(channel, [added])
    }
    if (added.behind === 0) this.first.add(added)
    this.#count(line.kind, 1)
    return added
  }

  /** @param taken is one of `first`. @returns those that come first now. */
  take(taken: WaitingLine): WaitingLine[] {
    const freed: WaitingLine[] = []
    this.first.delete(taken)
    this.#count(taken.line.kind, -1)
    for (const channel of taken.line.channels) {
      const others = this.#byChannel.get(channel) ?? []
      others.shift()
      const [next] = others
      if (!next) this.#byChannel.delete(channel)
      else next.behind -= 1
      if (next?.behind === 0) freed.push(next)
    }
    for (const line of freed) this.first.add(line)
    return freed
  }

  #count(kind: PacedLine['kind'], change: number): void {
    this.#counts.set(kind, this.count(kind) + change)
  }
}
