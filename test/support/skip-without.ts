import {accessSync, constants} from 'node:fs'
import {join} from 'node:path'

/** The path of the first of these programs that is on the PATH. */
export function findProgram(...names: string[]): string | undefined {
  const folders = (process.env.PATH ?? '').split(':').filter((folder) => folder !== '')
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** A title that says why a test is skipped where something is missing. */
export const needing = (what: string, isThere: boolean, title: string): string =>
  isThere ? title : `${title} (needs ${what})`

/** Skips the test or the tests of `context` where something is missing, unless none may be (`BEHALF_TEST_NO_SKIP=1`). */
export function skipWithout(what: string, isThere: boolean, context: Mocha.Context): void {
  if (isThere) return
  if (process.env.BEHALF_TEST_NO_SKIP === '1') throw new Error(`This needs ${what}, and no test may be skipped`)
  context.skip()
}
