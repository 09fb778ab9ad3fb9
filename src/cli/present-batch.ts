import type {BatchOutcome} from '../compose.js'
import {BehalfError} from '../model/behalf-error.js'
import {EXIT_CODES} from './exit-codes.js'
import {errorJson} from './present-error.js'
import {errorOf, parseBody} from './present-helix.js'

/** What became of one line: its error is undefined when all went well. */
export interface BatchLine {
  /** Ends with a line break. */
  text: string
  error: BehalfError | undefined
}

/**
 * One JSON line: `line`, `status` and `body` where Twitch answered, `error` (`code`, `message`, `hint`) where it
 * refused or was not asked.
 */
export function describeOutcome({line, result}: BatchOutcome): BatchLine {
  const error = result instanceof BehalfError ? result : errorOf(result)
  const {status, body, ...why} = error === undefined ? {} : errorJson(error).error
  const answer =
    result instanceof BehalfError
      ? {...(status !== undefined && {status}), ...(body !== undefined && {body})}
      : {status: result.status, ...(result.body !== '' && {body: parseBody(result.body)})}
  return {text: `${JSON.stringify({line, ...answer, ...(error && {error: why})})}\n`, error}
}

/**
 * What weighs most, first: ours and the store's faults, then what only a person can mend, then what a second try may
 * mend, then what was refused, then what made no sense.
 */
const EXIT_CODES_BY_WEIGHT = [1, 7, 3, 4, 6, 5, 8, 2]

/** Counts what became of the lines, for the summary and the exit code. */
export class BatchTally {
  #done = 0
  readonly #failed = new Map<number, number>()

  count({error}: BatchLine): void {
    if (error === undefined) {
      this.#done += 1
      return
    }
    const code = EXIT_CODES[error.code]
    this.#failed.set(code, (this.#failed.get(code) ?? 0) + 1)
  }

  /** 0, or that of the failure that weighs most. */
  get exitCode(): number {
    return EXIT_CODES_BY_WEIGHT.find((code) => this.#failed.has(code)) ?? 0
  }

  get failed(): number {
    return [...this.#failed.values()].reduce((sum, count) => sum + count, 0)
  }

  /** `1000 requests: 998 done, 2 failed` */
  toString(): string {
    const requests = this.#done + this.failed
    const what = requests === 1 ? '1 request' : `${String(requests)} requests`
    return `${what}: ${String(this.#done)} done, ${String(this.failed)} failed`
  }
}
