import {Args, Flags} from '@oclif/core'

import {BaseCommand} from '../cli/base-command.js'
import {removalJson, removalLine} from '../cli/present-removal.js'

export default class Logout extends BaseCommand {
  static override summary = 'Revoke an account’s access at the provider, then forget it.'
  static override description = `Without ACCOUNT: the owner. If the provider cannot be reached, nothing is forgotten, unless you say --keep-grant.`
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> twitch/techydrroid',
  ]

  static override args = {
    account: Args.string({description: 'Whom to forget: LOGIN, PROVIDER/LOGIN, id:ID or subject:SUBJECT.'}),
  }

  static override flags = {
    'keep-grant': Flags.boolean({
      default: false,
      summary: 'Forget it here only; do not revoke anything at the provider.',
    }),
  }

  async run() {
    const {args, flags} = await this.parse(Logout)
    const behalf = await this.openBehalf(flags)
    const removal = await behalf.removeAccount({
      ...(args.account !== undefined && {account: args.account}),
      keepGrant: flags['keep-grant'],
    })
    this.succeed(removalLine(removal))
    return removalJson(removal)
  }
}
