import {Args, Flags} from '@oclif/core'

import {BaseCommand} from '../cli/base-command.js'
import {durationFlag} from '../cli/duration.js'
import {EXIT_CODES} from '../cli/exit-codes.js'
import {damagedLine} from '../cli/present-account.js'
import {refreshExitCode, refreshLines, refreshReportJson} from '../cli/refresh-verdict.js'
import {BehalfError} from '../model/behalf-error.js'

export default class Refresh extends BaseCommand {
  static override summary = 'Renew what is due: one pass, for cron.'
  static override description = `Renews the tokens that are due soon and checks those that must be checked. Says nothing when all is well; otherwise a line on stderr for each account that is not.

Exit codes: 7 when the record of an account is damaged (the others are renewed), else 3 when a provider refused the client (its client id or secret is wrong), else 4 when an account needs a login, else 6 when a token is over and its provider could not be reached.`
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> techydrroid --force',
    {description: 'In a crontab', command: '*/10 * * * * <%= config.bin %> <%= command.id %>'},
  ]

  static override args = {
    account: Args.string({multiple: true, description: 'Only these accounts. Default: all.'}),
  }

  static override flags = {
    all: Flags.boolean({
      default: false,
      summary: 'All accounts, which is what happens without ACCOUNT; --force wants it spelled out.',
    }),
    within: durationFlag({
      default: 1_200_000,
      defaultHelp: () => Promise.resolve('20m'),
      summary: 'What counts as due: a token that ends within this time.',
    }),
    force: Flags.boolean({default: false, summary: 'Renew them whether they are due or not. Needs ACCOUNT or --all.'}),
  }

  async run() {
    const {args, flags} = await this.parse(Refresh)
    const accounts = args.account ?? []
    if (flags.all && accounts.length > 0) throw new BehalfError('usage', 'Name accounts, or say --all: not both.')
    if (flags.force && !flags.all && accounts.length === 0) {
      throw new BehalfError('usage', '--force needs an ACCOUNT or --all.', {hint: 'behalf refresh --force --all'})
    }
    const behalf = await this.openBehalf(flags)
    const report = await behalf.refreshAccounts({accounts, withinMs: flags.within, force: flags.force})
    for (const line of refreshLines(report)) this.warnOf(line)
    const damaged = accounts.length > 0 ? [] : await behalf.nameDamagedAccounts()
    for (const name of damaged) this.warnOf(damagedLine(name))
    this.surroundings.setExitCode(damaged.length > 0 ? EXIT_CODES['store-damaged'] : refreshExitCode(report))
    return {...refreshReportJson(report), ...(damaged.length > 0 && {damaged})}
  }
}
