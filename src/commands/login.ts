import {Flags} from '@oclif/core'

import {LoginCommand} from '../cli/login-command.js'
import {loginFlags, loginInputOf} from '../cli/login-flags.js'
import {loginJson} from '../cli/present-login.js'
import {loginCommandFor} from '../model/account-status.js'

export default class Login extends LoginCommand {
  static override summary = 'Log in yourself, as the owner.'
  static override description = `Opens the provider's page in your browser and waits until you have allowed access there. What comes back is kept sealed and fresh, for commands and programs to use.

Without a terminal, or with --no-open, the address to open stands alone on a line of stderr. A Twitch client without a secret shows a code to enter instead. Logging in again renews what was granted.`
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --scope channel:read:subscriptions',
    {description: 'On a machine without a browser', command: '<%= config.bin %> <%= command.id %> --device'},
  ]

  static override flags = {
    ...loginFlags,
    replace: Flags.boolean({default: false, summary: 'Let someone else than the present owner become the owner.'}),
  }

  async run() {
    const {flags} = await this.parse(Login)
    const input = {...loginInputOf(flags), replaceOwner: flags.replace}
    const command = loginCommandFor({provider: flags.provider ?? 'twitch', role: 'owner', login: ''})
    return loginJson(await this.logInOwner(input, flags, command))
  }
}
