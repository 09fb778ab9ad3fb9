import {BehalfError} from './behalf-error.js'
import {MAX_POINTS} from './points.js'

/** No sign but a minus, no zeros in front, no point and no exponent: what may be read differently elsewhere is refused. */
const WHOLE = /^(?:0|-?[1-9]\d{0,15})$/

/**
 * Reads a number of points as a person or a program writes it: `150`, `-20`.
 * @throws BehalfError `invalid-input` for what is no whole number, or too large a one.
 */
export function parsePoints(text: string): number {
  const points = WHOLE.test(text) ? Number(text) : NaN
  if (Number.isSafeInteger(points)) return points
  throw new BehalfError('invalid-input', `“${text.slice(0, 40)}” is no number of points.`, {
    hint: `Write a whole number from -${String(MAX_POINTS)} to ${String(MAX_POINTS)}, such as 150.`,
  })
}
