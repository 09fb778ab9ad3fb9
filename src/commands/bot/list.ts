import {BaseCommand} from '../../cli/base-command.js'
import {accountTable, mendingLine} from '../../cli/present-account.js'
import {accountJson} from '../../model/account-json.js'

export default class BotList extends BaseCommand {
  static override summary = 'List the bots.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    {description: 'Their names alone', command: "<%= config.bin %> <%= command.id %> --json | jq -r '.bots[].login'"},
  ]

  async run() {
    const {flags} = await this.parse(BotList)
    const behalf = await this.openBehalf(flags)
    const bots = await behalf.listAccounts({role: 'bot'})
    const {stdout} = this.surroundings
    if (bots.length === 0) this.advise('No bot yet. Add one with: behalf bot add')
    else this.log(accountTable(bots, this.surroundings.now(), stdout, this.colours))
    for (const bot of bots) if (bot.state === 'login-needed') this.warnOf(mendingLine(bot))
    return {bots: bots.map(accountJson)}
  }
}
