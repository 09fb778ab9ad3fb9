import {statSync} from 'node:fs'
import {chown, readdir} from 'node:fs/promises'
import {dirname, join} from 'node:path'

import type {ProgramHome} from './program-home.js'
import type {ProgramOptions} from './running-program.js'

/** What file systems and most systems call `nobody`. */
const NOBODY = 65_534
const isRoot = process.getuid?.() === 0

/** Whether another user can run what is packed: it reads the packages of this checkout. */
export const isPackedForOthers = !isRoot || isOpenToOthers(join(import.meta.dirname, '../../node_modules'))

function isOpenToOthers(path: string): boolean {
  const isOpen = (statSync(path).mode & 0o001) !== 0
  return isOpen && (path === dirname(path) || isOpenToOthers(dirname(path)))
}

/**
 * Gives the home to a user who is not root, for whom alone permissions count.
 * @returns how to run the program as that user
 */
export async function giveToOther(home: ProgramHome): Promise<ProgramOptions> {
  if (!isRoot) return {}
  await chown(home.path, NOBODY, NOBODY)
  for (const entry of await readdir(home.path, {recursive: true})) await chown(join(home.path, entry), NOBODY, NOBODY)
  return {uid: NOBODY}
}
