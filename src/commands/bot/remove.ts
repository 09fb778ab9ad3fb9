import {Args, Flags} from '@oclif/core'

import {BaseCommand} from '../../cli/base-command.js'
import {removalJson, removalLine} from '../../cli/present-removal.js'

export default class BotRemove extends BaseCommand {
  static override summary = 'Revoke a bot’s access at the provider, then forget it.'
  static override description = 'If the provider cannot be reached, nothing is forgotten, unless you say --keep-grant.'
  static override examples = ['<%= config.bin %> <%= command.id %> techydrroid']

  static override args = {
    login: Args.string({required: true, description: 'Which bot: LOGIN, PROVIDER/LOGIN or id:ID.'}),
  }

  static override flags = {
    'keep-grant': Flags.boolean({
      default: false,
      summary: 'Forget it here only; do not revoke anything at the provider.',
    }),
  }

  async run() {
    const {args, flags} = await this.parse(BotRemove)
    const behalf = await this.openBehalf(flags)
    const removal = await behalf.removeAccount({account: args.login, role: 'bot', keepGrant: flags['keep-grant']})
    this.succeed(removalLine(removal))
    return removalJson(removal)
  }
}
