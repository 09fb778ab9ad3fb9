import {Args} from '@oclif/core'

import {BaseCommand} from '../cli/base-command.js'
import {EXIT_CODES} from '../cli/exit-codes.js'
import {unfinishedLine} from '../cli/present-import.js'
import {accountDetails, accountTable, damagedLine, mendingLine} from '../cli/present-account.js'
import {accountJson} from '../model/account-json.js'
import {contextJson, contextLine, contextProblem, type ContextView} from '../cli/present-context.js'

export default class Status extends BaseCommand {
  static override summary = 'Show every account and how its tokens are doing.'
  static override description = `LEFT is how long the token in hand lives, REFRESHED how long ago it was renewed, NEXT when it is due again, CHECKED how long ago the provider was asked about it, and SCOPES how many permissions it has; name an ACCOUNT to see which.

Also says which account acts where a command names none, and where that comes from: the variable BEHALF_AS, or the nearest .behalf.json from the working folder upwards, such as {"as":"techydrroid","provider":"twitch"}; else the owner acts. A .behalf.json that belongs to someone else, or that others can write to, is ignored.

Exits with 4 if any account needs a login, and says which command mends it; with 7 if the record of one is damaged.`
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
    else if (accounts.length > 0) this.log(accountTable(accounts, now, this.surroundings.stdout, this.colours))
    else this.#adviseFirst((await behalf.listProviders()).length > 0)
    const context = one ? undefined : await behalf.showContext()
    if (context) this.#tellContext(context)
    const broken = accounts.filter(({state}) => state === 'login-needed')
    for (const account of broken) this.warnOf(mendingLine(account))
    for (const account of accounts) if (account.state === 'unfinished') this.warnOf(unfinishedLine(account))
    const damaged = one ? [] : await behalf.nameDamagedAccounts()
    for (const name of damaged) this.warnOf(damagedLine(name))
    if (damaged.length > 0) this.surroundings.setExitCode(EXIT_CODES['store-damaged'])
    else if (broken.length > 0) this.surroundings.setExitCode(EXIT_CODES['login-needed'])
    if (one) return accountJson(one)
    const more = damaged.length > 0 ? {damaged} : {}
    return {accounts: accounts.map(accountJson), ...more, ...(context && {context: contextJson(context)})}
  }

  #tellContext(context: ContextView): void {
    const problem = contextProblem(context)
    const line = contextLine(context)
    for (const warning of context.warnings) this.warnOf(warning)
    if (problem !== undefined) this.warnOf(problem)
    if (line !== undefined) this.advise(line)
  }

  #adviseFirst(isSetUp: boolean): void {
    const next = isSetUp ? 'Log in with: behalf login' : 'Set a service up first: behalf provider add twitch'
    this.advise(`No account yet. ${next}`)
  }
}
