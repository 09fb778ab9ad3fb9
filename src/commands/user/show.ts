import {BaseCommand} from '../../cli/base-command.js'
import {accountDetails, mendingLine} from '../../cli/present-account.js'
import {userJson} from '../../cli/present-user.js'
import {subjectArg} from '../../cli/user-flags.js'

export default class UserShow extends BaseCommand {
  static override summary = 'Show everything that one chat user has linked, secrets apart.'
  static override examples = ['<%= config.bin %> <%= command.id %> slack:U02AB']

  static override args = {subject: subjectArg}

  async run() {
    const {args, flags} = await this.parse(UserShow)
    const user = await (await (await this.openBehalf(flags)).openUsers()).showUser(args.subject)
    const now = this.surroundings.now()
    this.log(user.accounts.map((account) => accountDetails(account, now)).join('\n\n'))
    for (const account of user.accounts) if (account.state === 'login-needed') this.warnOf(mendingLine(account))
    return userJson(user)
  }
}
