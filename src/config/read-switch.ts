import {BehalfError} from '../model/behalf-error.js'

/**
 * A variable that is on or off; off where it is not set.
 * @throws BehalfError `configuration` where it is neither.
 */
export function readSwitch(name: string, read: (name: string) => string | undefined): boolean {
  const value = read(name)?.trim().toLowerCase()
  if (value === undefined || ['0', 'false', 'no', 'off'].includes(value)) return false
  if (['1', 'true', 'yes', 'on'].includes(value)) return true
  throw new BehalfError('configuration', `${name} is neither on nor off.`, {hint: 'Set it to 1, or unset it.'})
}
