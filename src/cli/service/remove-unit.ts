import type {Surroundings} from '../surroundings.js'
import {reloadUnits, STOP_COMMANDS, stopService} from './user-manager.js'

export interface UnitRemoval {
  path: string
  /** False when there was none. */
  removed: boolean
  stopped: boolean
  /** What is left to be run by hand. */
  commands: readonly string[]
}

/** Stops the service where there is a systemd of this user, and takes its unit away. */
export async function removeUnit(here: Pick<Surroundings, 'askProgram' | 'openUnitFile'>): Promise<UnitRemoval> {
  const file = await here.openUnitFile()
  const {path} = file
  if ((await file.read()) === undefined) return {path, removed: false, stopped: false, commands: []}
  const hasManager = await reloadUnits(here)
  if (hasManager) await stopService(here)
  await file.remove()
  if (hasManager) await reloadUnits(here)
  return {path, removed: true, stopped: hasManager, commands: hasManager ? [] : STOP_COMMANDS}
}
