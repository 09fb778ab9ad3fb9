import {access, constants, stat} from 'node:fs/promises'
import {delimiter, join} from 'node:path'

import {BehalfError} from '../model/behalf-error.js'

/** Where the system looks without a PATH. */
const USUAL_PATH = '/usr/bin:/bin'

/**
 * Looks whether a program that is to be run later is there now, where it will be looked for then.
 * @param source The flag that names it.
 * @throws BehalfError `configuration`.
 */
export async function checkProgram(
  file: string,
  source: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<void> {
  const folders = (environment.PATH ?? USUAL_PATH).split(delimiter)
  const places = file.includes('/') ? [file] : folders.map((folder) => join(folder, file))
  const found = file === '' ? [] : await Promise.all(places.map(judge))
  if (found.includes('runnable')) return
  const why = found.includes('not-runnable') ? `${file} cannot be executed` : `there is no program “${file}”`
  throw new BehalfError('configuration', `${source}: ${why}.`, {
    hint: 'Name one that is on your PATH, or its file.',
  })
}

async function judge(path: string): Promise<'runnable' | 'not-runnable' | 'missing'> {
  try {
    if (!(await stat(path)).isFile()) return 'not-runnable'
  } catch {
    return 'missing'
  }
  return access(path, constants.X_OK).then(
    () => 'runnable',
    () => 'not-runnable',
  )
}
