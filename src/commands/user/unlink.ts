import {Flags} from '@oclif/core'

import {BaseCommand} from '../../cli/base-command.js'
import {removalJson, removalLine} from '../../cli/present-removal.js'
import {providerOf, subjectArg, subjectProviderFlag} from '../../cli/user-flags.js'

export default class UserUnlink extends BaseCommand {
  static override summary = 'Revoke what a chat user has linked, then forget it.'
  static override description = `If the provider cannot be reached, nothing is forgotten, unless you say --keep-grant. API keys and passwords are forgotten here; only the person can end them at the service.`
  static override examples = ['<%= config.bin %> <%= command.id %> slack:U02AB']

  static override args = {subject: subjectArg}

  static override flags = {
    provider: subjectProviderFlag,
    'keep-grant': Flags.boolean({
      default: false,
      summary: 'Forget it here only; do not revoke anything at the provider.',
    }),
  }

  async run() {
    const {args, flags} = await this.parse(UserUnlink)
    const users = await (await this.openBehalf(flags)).openUsers()
    const removal = await users.unlinkUser({...args, ...providerOf(flags), keepGrant: flags['keep-grant']})
    this.succeed(removalLine(removal))
    return removalJson(removal)
  }
}
