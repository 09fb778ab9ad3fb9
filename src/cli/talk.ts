import type {Surroundings} from './surroundings.js'

/** A conversation with the person who typed the command. */
export interface Talk {
  surroundings: Surroundings
  /** Aborts when the command is to stop. */
  signal: AbortSignal
  /** Tells what must be known to go on. */
  say(text: string): void
  /** Something went well. */
  succeed(text: string): void
  /** Something to know about, though nothing failed. */
  warn(text: string): void
}
