import {Flags} from '@oclif/core'

import {BaseCommand} from '../cli/base-command.js'
import {checkBrowser, checkTerminal} from '../cli/check-terminal.js'
import {checkCallbackPort} from '../cli/check-callback-port.js'
import {EXIT_CODES} from '../cli/exit-codes.js'
import {healthJson, healthLines} from '../cli/present-health.js'
import {spinWhile} from '../cli/spinner.js'

export default class Doctor extends BaseCommand {
  static override summary = 'Find out what is wrong, and what mends it.'
  static override description = `Looks at settings, store, locks, clock, providers, accounts and the port where logins come back. ✓ is well, ! should be seen to, and for each ✗ the next line says what mends it. It mends nothing by itself, and works before anything is set up.

Exits with 0 when there is no ✗, else with the code of the first one, which is the one to mend first: 3 settings, a refused client or a port; 7 the store; 6 a provider that cannot be reached; 4 a login.`
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --offline --json',
  ]

  static override flags = {
    offline: Flags.boolean({default: false, summary: 'Ask no provider.'}),
  }

  async run() {
    const {flags} = await this.parse(Doctor)
    const {surroundings} = this
    const {store, offline} = flags
    const {checks, callbacks, hasDesktop} = await spinWhile(surroundings, 'Looking …', () =>
      surroundings.diagnose({offline, ...(store !== undefined && {store})}),
    )
    for (const callback of callbacks) checks.push(await checkCallbackPort(callback))
    checks.push(checkBrowser(hasDesktop), checkTerminal(surroundings))
    this.log(healthLines(checks, this.colours))
    const first = checks.find(({status}) => status === 'problem')
    if (first) surroundings.setExitCode(EXIT_CODES[first.code ?? 'internal'])
    return healthJson(checks)
  }
}
