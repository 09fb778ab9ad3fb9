import type {Clock, EpochMs, Moment} from '../../src/model/time.js'

export interface FakeClockOptions {
  /** `sleep` advances both clocks by itself and resolves at once, instead of waiting for `advance`. */
  autoAdvance?: boolean
  bootId?: string
}

/** A clock that stands still until it is told otherwise. */
export interface FakeClock extends Clock {
  /** Both clocks go on; sleeps that end by then resolve, in the order of their ends. */
  advance(ms: number): void
  /** The wall clock alone goes on: what a sleeping laptop sees. */
  advanceWall(ms: number): void
  /** The monotonic clock alone goes on, and sleeps with it: what someone sees who sets the wall clock back. */
  advanceMonotonic(ms: number): void
  setWall(wallMs: EpochMs): void
  /** Another boot: a new boot id, and a monotonic clock that starts again. */
  reboot(bootId?: string): void
  /** How many sleeps are waiting. */
  readonly sleeping: number
}

interface Sleeper {
  untilMs: number
  wake: () => void
}

/** @param startMs the wall clock at the start; the monotonic clock starts at 1,000,000 ms. */
export function createFakeClock(startMs: EpochMs = 1_800_000_000_000, options: FakeClockOptions = {}): FakeClock {
  let wallMs = startMs
  let monotonicMs = 1_000_000
  let bootId = options.bootId ?? 'boot-1'
  let boots = 1
  let sleepers: Sleeper[] = []

  const moment = (): Moment => ({wallMs, monotonicMs, bootId})

  function wakeSleepers(): void {
    const due = sleepers.filter(({untilMs}) => untilMs <= monotonicMs).sort((a, b) => a.untilMs - b.untilMs)
    sleepers = sleepers.filter(({untilMs}) => untilMs > monotonicMs)
    for (const sleeper of due) sleeper.wake()
  }

  function advanceMonotonic(ms: number): void {
    monotonicMs += ms
    wakeSleepers()
  }

  function advance(ms: number): void {
    wallMs += ms
    advanceMonotonic(ms)
  }

  function sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(abortReasonOf(signal))
    if (options.autoAdvance) {
      advance(ms)
      return Promise.resolve()
    }
    if (ms <= 0) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const sleeper: Sleeper = {
        untilMs: monotonicMs + ms,
        wake() {
          signal?.removeEventListener('abort', abort)
          resolve()
        },
      }
      const abort = (): void => {
        sleepers = sleepers.filter((other) => other !== sleeper)
        reject(abortReasonOf(signal))
      }
      signal?.addEventListener('abort', abort, {once: true})
      sleepers.push(sleeper)
    })
  }

  return {
    now: () => wallMs,
    moment,
    sleep,
    advance,
    advanceMonotonic,
    advanceWall(ms) {
      wallMs += ms
    },
    setWall(ms) {
      wallMs = ms
    },
    reboot(id) {
      boots += 1
      bootId = id ?? `boot-${String(boots)}`
      monotonicMs = 0
    },
    get sleeping() {
      return sleepers.length
    },
  }
}

function abortReasonOf(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason
  return reason instanceof Error ? reason : new Error('aborted', {cause: reason})
}
