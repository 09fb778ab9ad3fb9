import {Args} from '@oclif/core'

import {BaseCommand} from '../../cli/base-command.js'
import {accountDetails, mendingLine} from '../../cli/present-account.js'
import {accountJson} from '../../model/account-json.js'

export default class BotShow extends BaseCommand {
  static override summary = 'Show everything about one bot, its tokens apart.'
  static override examples = ['<%= config.bin %> <%= command.id %> techydrroid']

  static override args = {
    login: Args.string({required: true, description: 'Which bot: LOGIN, PROVIDER/LOGIN or id:ID.'}),
  }

  async run() {
    const {args, flags} = await this.parse(BotShow)
    const behalf = await this.openBehalf(flags)
    const bot = await behalf.showAccount(args.login, {role: 'bot'})
    this.log(accountDetails(bot, this.surroundings.now()))
    if (bot.state === 'login-needed') this.warnOf(mendingLine(bot))
    return accountJson(bot)
  }
}
