import {findProgram} from './skip-without.js'

const isRoot = process.getuid?.() === 0

/** Whether programs can be run for whom permissions count: root's own do only without their privileges. */
export const canHeedPermissions = !isRoot || findProgram('setpriv') !== undefined

/**
 * The command line of a program that may do to files what their permissions say, and no more.
 * It stays the same user, so it reaches the checkout and Node wherever they lie.
 */
export const heedingPermissions = (file: string, args: string[]): [string, string[]] =>
  isRoot ? ['setpriv', ['--bounding-set=-dac_override,-dac_read_search', '--', file, ...args]] : [file, args]
