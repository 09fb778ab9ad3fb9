import type {HealthCheck} from '../model/health-check.js'
import type {Surroundings} from './surroundings.js'

/** Whether questions can be asked here. Neither is wrong. */
export function checkTerminal({interactive}: Surroundings): HealthCheck {
  const message = interactive
    ? 'This is a terminal: what is missing is asked for.'
    : 'This is no terminal: nothing is asked, and flags say everything.'
  return {name: 'terminal', status: 'ok', message}
}

export function checkBrowser(hasDesktop: boolean): HealthCheck {
  const message = hasDesktop
    ? 'A login can open the browser.'
    : 'No browser can be opened here: log in with --device, or with --paste.'
  return {name: 'browser', status: 'ok', message}
}
