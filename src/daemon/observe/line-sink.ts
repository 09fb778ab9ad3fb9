import type {Writable} from 'node:stream'
import {setTimeout as wait} from 'node:timers/promises'

/** So much waits for a slow reader; lines beyond it are dropped and counted. */
const MOST_WAITING_BYTES = 1024 * 1024

/** Whoever reads has this long for what is left in the end. */
const CLOSE_WAIT_MS = 1000

export interface LineSink {
  /** Takes a line with its end. Never waits, never throws. */
  write(line: string): void
  /** Hands over what has been taken, and waits a second at most until it was read. */
  close(): Promise<void>
}

/**
 * Lines for a stream that may be read slowly, or by nobody any more: neither blocks, fills the memory or ends the
 * program. The lines of one turn of the event loop go out in one piece.
 * @param describeDropped the line that tells, once there is room again, how many were dropped.
 */
export function createLineSink(stream: Writable, describeDropped: (count: number) => string): LineSink {
  let waiting = ''
  let dropped = 0
  let isScheduled = false
  let isBroken = false

  stream.on('error', (error: NodeJS.ErrnoException) => {
    // The reader has gone, for good. Other failures, such as a full disk, may pass.
    if (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED') isBroken = true
  })

  function flush(): void {
    isScheduled = false
    if (isBroken || stream.destroyed) return
    if (dropped > 0 && hasRoom()) {
      waiting += describeDropped(dropped)
      dropped = 0
    }
    if (waiting !== '') stream.write(waiting)
    waiting = ''
  }

  const hasRoom = (): boolean => stream.writableLength + waiting.length < MOST_WAITING_BYTES

  return {
    write(line) {
      if (isBroken) return
      if (!hasRoom()) {
        dropped += 1
        return
      }
      waiting += line
      if (isScheduled) return
      isScheduled = true
      setImmediate(flush)
    },
    async close() {
      flush()
      const giveUp = new AbortController()
      const read = new Promise<void>((resolve) => stream.write('', () => resolve()))
      await Promise.race([read, wait(CLOSE_WAIT_MS, undefined, {signal: giveUp.signal}).catch(() => undefined)])
      giveUp.abort()
    },
  }
}
