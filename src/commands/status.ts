import {Args} from '@oclif/core'

import {BaseCommand} from '../cli/base-command.js'
import {EXIT_CODES} from '../cli/exit-codes.js'
import {accountDetails, accountJson, accountTable, mendingLine} from '../cli/present-account.js'

export default class Status extends BaseCommand {
  static override summary = 'Show every account and how its tokens are doing.'
  static override description = `LEFT is how long the token in hand lives, REFRESHED how long ago it was renewed, NEXT when it is due again, CHECKED how long ago the provider was asked about it, and SCOPES how many permissions it has; name an ACCOUNT to see which.

Exits with 4 if any account needs a login, and says which command mends it.`
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> techydrroid']

  static override args = {
    account: Args.string({description: 'Only this one, in full: LOGIN, PROVIDER/LOGIN, id:ID or subject:SUBJECT.'}),
  }

  async run() {
    const {args, flags} = await this.parse(Status)
    const behalf = await this.openBehalf(flags)
    const one = args.account === undefined ? undefined : await behalf.showAccount(args.account)
    const accounts = one ? [one] : await behalf.listAccounts()
    const now = this.surroundings.now()
    if (one) this.log(accountDetails(one, now))
    else if (accounts.length > 0) this.log(await accountTable(accounts, now, this.surroundings.stdout))
    else this.advise('No account yet. Log in with: behalf login')
    const broken = accounts.filter(({state}) => state === 'login-needed')
    for (const account of broken) this.warnOf(mendingLine(account))
    if (broken.length > 0) this.surroundings.setExitCode(EXIT_CODES['login-needed'])
    return one ? accountJson(one) : {accounts: accounts.map(accountJson)}
  }
}
