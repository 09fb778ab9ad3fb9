import type {FilledStore} from './filled-store.js'
import type {Measure} from './measures.js'

interface Comparison {
  name: string
  /** Medians. */
  smallMs: number
  largeMs: number
  ratio: number
}

const WARM_UP_PART = 0.2

/** Does the same at both stores in turn, so that whatever else the machine does in the meantime befalls both alike. */
export async function compareStores(measure: Measure, small: FilledStore, large: FilledStore): Promise<Comparison> {
  const sides = [small, large].map((filled) => ({run: measure.prepare(filled), times: [] as number[]}))
  const warmUp = Math.ceil(measure.rounds * WARM_UP_PART)
  for (let round = -warmUp; round < measure.rounds; round += 1) {
    // Whoever comes second may profit from the first, or pay for it.
    for (const {run, times} of round % 2 === 0 ? sides : [...sides].reverse()) {
      const startedMs = performance.now()
      await run(round + warmUp)
      if (round >= 0) times.push(performance.now() - startedMs)
    }
  }
  const [smallMs = NaN, largeMs = NaN] = sides.map(({times}) => median(times))
  return {name: measure.name, smallMs, largeMs, ratio: largeMs / smallMs}
}

function median(times: number[]): number {
  const sorted = [...times].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? NaN
}
