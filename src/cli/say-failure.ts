import type {BehalfError} from '../model/behalf-error.js'
import {foldMessage} from './fold-message.js'
import {chalkFor, stripControls} from './output.js'
import type {OutputStream} from './surroundings.js'

/** A mark and a space. */
const MARK_WIDTH = 2

/** Tells a person what failed and why, then what to do. */
export function sayFailure(error: BehalfError, stderr: OutputStream, mayColour: boolean): void {
  const {red, dim} = chalkFor(stderr, mayColour)
  const lines = [red(`✗ ${foldMessage(stripControls(error.message), stderr, MARK_WIDTH)}`)]
  if (error.hint !== undefined) lines.push(dim(`  → ${stripControls(error.hint)}`))
  // Only what nobody foresaw has a stack worth reporting.
  if (error.code === 'internal' && error.cause instanceof Error) lines.push(stripControls(error.cause.stack ?? ''))
  stderr.write(`${lines.join('\n')}\n`)
}
