import {BehalfError} from '../../model/behalf-error.js'
import type {Surroundings} from '../surroundings.js'

const UNIT = 'behalf.service'

/** What a person types who does it by hand. */
export const START_COMMANDS = ['systemctl --user daemon-reload', `systemctl --user enable --now ${UNIT}`]

export const STOP_COMMANDS = [`systemctl --user stop ${UNIT}`, 'systemctl --user daemon-reload']

type Here = Pick<Surroundings, 'askProgram'>

/** Whether there is a systemd of this user, which then has read its unit files anew. */
export async function reloadUnits(here: Here): Promise<boolean> {
  return (await here.askProgram(['systemctl', '--user', 'daemon-reload'])).exitCode === 0
}

/** Starts the service, now and at every login; one that runs as it was before is started again. */
export async function startService(here: Here, hasChanged: boolean): Promise<void> {
  await control(here, 'enable', UNIT)
  await control(here, hasChanged ? 'restart' : 'start', UNIT)
}

/** Stops it, and keeps it from starting again. */
export const stopService = (here: Here): Promise<void> => control(here, 'disable', '--now', UNIT)

async function control(here: Here, ...words: string[]): Promise<void> {
  const {exitCode, output} = await here.askProgram(['systemctl', '--user', ...words])
  if (exitCode === 0) return
  throw new BehalfError('configuration', `systemctl --user ${words.join(' ')} failed: ${output.slice(0, 300)}`, {
    hint: `journalctl --user -u ${UNIT} -n 20`,
  })
}
