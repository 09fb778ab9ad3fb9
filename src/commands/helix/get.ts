import {helixArgs, helixFlags} from '../../cli/helix-flags.js'
import {HelixListCommand} from '../../cli/helix-list-command.js'
import {helixPageFlags} from '../../cli/helix-page-flags.js'

export default class HelixGet extends HelixListCommand {
  static override summary = 'Read from the Twitch API on an account’s behalf.'
  static override description = `Prints the body as Twitch sent it. A token that is over is renewed first, and the call repeated. If Twitch refuses the call its answer is printed all the same, and the exit code is 8.

\`behalf helix endpoints\` lists what can be called. Where only the id of the acting account can be right it is filled in, and a scope that is missing is named before anything is sent.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> users --as techydrroid',
    '<%= config.bin %> <%= command.id %> users -q login=techydrroid -q login=twitchdev',
    "<%= config.bin %> <%= command.id %> streams -q first=5 | jq -r '.data[].user_login'",
    '<%= config.bin %> <%= command.id %> streams -q language=de --paginate --lines | head -n 1000',
    '<%= config.bin %> <%= command.id %> videos -q user_id=1001 --limit 250',
  ]

  static override args = helixArgs
  static override flags = {...helixFlags, ...helixPageFlags}

  async run() {
    const {args, flags} = await this.parse(HelixGet)
    await this.readHelix({path: args.path, flags})
  }
}
