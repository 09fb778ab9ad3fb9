import {findCallbackUrl} from '../../compose-hubot.js'
import {MINUTE_MS} from '../../model/time.js'
import type {Behalf} from '../behalf.js'
import type {Notify} from '../behalf-options.js'
import {openBehalf} from '../open-behalf.js'
import {mountPages} from './mount-pages.js'
import type {Robot} from './robot.js'

const COLLECT_EVERY_MS = 15 * MINUTE_MS

/** behalf, and where services send people back to, if there is such a place. */
export interface OpenedBehalf {
  behalf: Behalf
  callbackUrl: string | undefined
}

/** Opens behalf until Hubot shuts down. @throws BehalfError `configuration`, `store-…`, `wrong-secret`. */
export async function openForHubot(robot: Robot, notify: Notify): Promise<OpenedBehalf> {
  const {brain, logger} = robot
  const callbackUrl = findCallbackUrl()
  // Some adapters replace its functions later, and those of pino want to be called on it.
  const late = {
    info: (line: string) => logger.info(line),
    warn: (line: string) => logger.warn(line),
    error: (line: string) => logger.error(line),
  }
  const behalf = await openBehalf({notify, logger: late, callbackUrl, appName: robot.name})
  const collect = async (): Promise<void> => {
    if (await behalf.flowMaintenanceNeeded())
      await behalf.flowMaintenance({output: (line) => late.info(`behalf: ${line}`)})
  }
  const logTrouble = (error: unknown): unknown => logger.error(`behalf: ${String(error)}`)
  // Where no daemon runs on this store, nobody else does away with flows that people did not go through with.
  const timer = setInterval(() => void collect().catch(logTrouble), COLLECT_EVERY_MS).unref()
  brain.on('close', () => {
    clearInterval(timer)
    behalf.close().catch(logTrouble)
  })
  if (callbackUrl !== undefined) mountPages(robot, behalf, callbackUrl)
  return {behalf, callbackUrl}
}
