import type {ServicePlace} from '../../compose.js'
import {quoteWord} from '../../model/shell-words.js'
import {checkOneLine} from './check-one-line.js'
import type {ServiceCommandLine} from './service-command-line.js'

/**
 * Lines for crontab(5): the daemon from boot on, and a pass every ten minutes for who wants no daemon.
 * @throws BehalfError `invalid-input`.
 */
export function crontabLines({program, serve, refresh}: ServiceCommandLine, {environment}: ServicePlace): string {
  const settings = Object.entries(environment).map(([name, value]) => `${name}=${quoteWord(value)} `)
  const line = (words: readonly string[]): string =>
    // To cron an unescaped % ends the line.
    checkOneLine(settings.join('') + [...program, ...words].map(quoteWord).join(' ')).replaceAll('%', '\\%')
  return `# The daemon, from boot on; its log goes to the system's.
@reboot ${line(serve)} 2>&1 | logger -t behalf
# One pass every ten minutes. Needed without the daemon only; beside it there is nothing left to do.
*/10 * * * * ${line(refresh)}
`
}
