import type {BehalfError} from '../model/behalf-error.js'
import {chalkFor, stripControls} from './output.js'
import type {OutputStream} from './surroundings.js'

/** Tells a person what failed and why, then what to do. */
export function sayFailure(error: BehalfError, stderr: OutputStream, mayColour: boolean): void {
  const {red, dim} = chalkFor(stderr, mayColour)
  const lines = [red(`✗ ${stripControls(error.message)}`)]
  if (error.hint !== undefined) lines.push(dim(`  → ${stripControls(error.hint)}`))
  // Only what nobody foresaw has a stack worth reporting.
  if (error.code === 'internal' && error.cause instanceof Error) lines.push(stripControls(error.cause.stack ?? ''))
  stderr.write(`${lines.join('\n')}\n`)
}
