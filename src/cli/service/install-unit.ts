import type {ServicePlace, UnitFile} from '../../compose.js'
import {BehalfError} from '../../model/behalf-error.js'
import type {Talk} from '../talk.js'
import {reloadUnits, START_COMMANDS, startService} from './user-manager.js'

export interface Installation {
  path: string
  /** What it says now. */
  unit: string
  /** `kept`: someone said no to replacing what is there. */
  outcome: 'installed' | 'replaced' | 'unchanged' | 'kept'
  started: boolean
  /** What is left to be run by hand. */
  commands: readonly string[]
}

/**
 * Puts the unit in its place and starts the service, where there is a systemd of this user. Doing it again is safe.
 * @throws BehalfError `usage` where nobody can be asked about a unit that says something else; `configuration` when
 * systemd refuses.
 */
export async function installUnit(
  talk: Talk,
  file: UnitFile,
  {unit, writableFolders, replace}: {unit: string; writableFolders: readonly string[]; replace: boolean},
): Promise<Installation> {
  const {path} = file
  const present = await file.read()
  const isOther = present !== undefined && present !== unit
  if (isOther && !replace && !(await mayReplace(talk, path))) {
    return {path, unit: present, outcome: 'kept', started: false, commands: []}
  }
  const outcome = present === undefined ? 'installed' : isOther ? 'replaced' : 'unchanged'
  if (outcome !== 'unchanged') await file.write(unit, writableFolders)
  const started = await reloadUnits(talk.surroundings)
  if (started) await startService(talk.surroundings, outcome !== 'unchanged')
  return {path, unit, outcome, started, commands: started ? [] : START_COMMANDS}
}

async function mayReplace({surroundings, signal}: Talk, path: string): Promise<boolean> {
  const {interactive, prompts} = surroundings
  if (!interactive) {
    throw new BehalfError('usage', `${path} says something else already. Nothing was changed.`, {
      hint: 'To see what it would say: behalf service show. To replace it: behalf service install --yes',
    })
  }
  return prompts.confirm(`${path} says something else already. Replace it?`, {signal})
}

/**
 * A unit file is no place for secrets: anybody's backup has it, and `systemctl show` tells it.
 * @throws BehalfError `configuration` when the store could not be opened without one.
 */
export function refuseSecrets({withheld}: ServicePlace): void {
  if (!withheld.includes('BEHALF_SECRET')) return
  throw new BehalfError('configuration', 'The store is sealed with BEHALF_SECRET, which no unit file should hold.', {
    hint: 'Keep it in a file of yours (0600), unset BEHALF_SECRET, set BEHALF_SECRET_FILE to the path, and do this again.',
  })
}

/** What the service will not know. */
export const warnOfSecrets = (talk: Talk, {withheld}: ServicePlace): void => {
  if (withheld.length === 0) return
  talk.warn(
    `${withheld.join(', ')} of your environment ${withheld.length === 1 ? 'is' : 'are'} not passed on to the service. Keep client secrets in the store: behalf provider update NAME --client-secret-file -`,
  )
}
