import {BehalfError} from '../../../model/behalf-error.js'
import {SECOND_MS, type Clock} from '../../../model/time.js'
import type {Activity, ActivityEntry} from '../../observe/activity.js'

/** What one reader of the page is sent while it is open. */
export interface ActivityReader {
  /** The entry that it has seen last. */
  after: number
  /** The HTML of those entries that it is to see, the latest first; empty where that is none of them. */
  render(entries: readonly ActivityEntry[]): Promise<string>
  /** Asked every 10 s: whether it is still signed in. */
  isStillIn(): Promise<boolean>
}

export interface ActivityStreams {
  /**
   * An endless answer of server-sent events (HTML, 9.2). It ends with the session, which it says
   * (`signed-out`), and with the daemon.
   * @throws BehalfError `unavailable` where too many are open.
   */
  open(reader: ActivityReader): Response
}

const MOST_STREAMS = 8
const LOOK_EVERY_MS = 500
/** Design 8: streams re-check every 10 s. */
const CHECK_EVERY_MS = 10 * SECOND_MS
/** So that what stands between takes no offence at the silence. */
const HEARTBEAT_EVERY_MS = 15 * SECOND_MS
/** Of one look: what comes faster than it can be read is left out. */
const MOST_ROWS = 50

/** Events that nobody has read yet. */
const MOST_WAITING = 4

export const STREAM_HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store',
  // nginx would keep it until there is enough of it.
  'X-Accel-Buffering': 'no',
}

interface Deps {
  activity: Pick<Activity, 'since'>
  clock: Pick<Clock, 'now' | 'sleep'>
  stopping: AbortSignal
}

/** Each reader looks for what is new; who makes calls is not kept waiting by who watches them. */
export function createActivityStreams(deps: Deps): ActivityStreams {
  let count = 0
  return {
    open(reader) {
      if (count >= MOST_STREAMS) {
        throw new BehalfError('unavailable', 'As many windows as can be are following the calls already.', {
          hint: 'Close one of them, or load this page again now and then.',
        })
      }
      count += 1
      const left = new AbortController()
      const body = new ReadableStream<Uint8Array>(
        {
          start(controller) {
            void follow(deps, reader, {controller, left}).finally(() => (count -= 1))
          },
          cancel: () => left.abort(),
        },
        {highWaterMark: MOST_WAITING},
      )
      return new Response(body, {headers: STREAM_HEADERS})
    },
  }
}

interface Line {
  controller: ReadableStreamDefaultController<Uint8Array>
  /** The reader has gone. */
  left: AbortController
}

/** Sends what is new until one side ends. Never rejects. */
async function follow(deps: Deps, reader: ActivityReader, {controller, left}: Line): Promise<void> {
  const {clock, activity, stopping} = deps
  const leave = (): void => left.abort()
  stopping.addEventListener('abort', leave)
  const encoder = new TextEncoder()
  let {after} = reader
  let [checkedAt, sentAt] = [clock.now(), clock.now()]
  const send = (text: string): void => {
    controller.enqueue(encoder.encode(text))
    sentAt = clock.now()
  }
  try {
    send('retry: 3000\n\n')
    while (!left.signal.aborted && !stopping.aborted) {
      if (isOver(clock, checkedAt, CHECK_EVERY_MS)) {
        if (!(await reader.isStillIn())) {
          send('event: signed-out\ndata: \n\n')
          break
        }
        checkedAt = clock.now()
      }
      // Who does not read is not written to.
      if ((controller.desiredSize ?? 0) > 0) {
        const news = activity.since(after)
        after = news[0]?.sequence ?? after
        const rows = news.length > 0 ? await reader.render(news.slice(0, MOST_ROWS)) : ''
        if (rows !== '') send(writeEvent(after, rows))
        else if (isOver(clock, sentAt, HEARTBEAT_EVERY_MS)) send(': still here\n\n')
      }
      await clock.sleep(LOOK_EVERY_MS, left.signal).catch(() => undefined)
    }
  } catch {
    // The store cannot be asked who this is, or the reader left at this moment.
  }
  stopping.removeEventListener('abort', leave)
  try {
    controller.close()
  } catch {
    // It was cancelled.
  }
}

const isOver = (clock: Pick<Clock, 'now'>, since: number, spanMs: number): boolean =>
  Math.abs(clock.now() - since) >= spanMs

const writeEvent = (sequence: number, rows: string): string =>
  `id: ${String(sequence)}\nevent: calls\n${rows
    .split(/\r\n|\r|\n/)
    .map((line) => `data: ${line}\n`)
    .join('')}\n`
