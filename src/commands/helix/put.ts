import {HelixCommand} from '../../cli/helix-command.js'
import {helixArgs, helixBodyFlags, helixFlags} from '../../cli/helix-flags.js'

export default class HelixPut extends HelixCommand {
  static override summary = 'Set something with the Twitch API on an account’s behalf.'
  static override description =
    'Sends the JSON of --body, and prints what Twitch answers. Nothing is sent unless it is JSON.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> chat/color -q user_id=2002 -q color=blue --as techydrroid',
    '<%= config.bin %> <%= command.id %> users -q description=Hello',
  ]

  static override args = helixArgs
  static override flags = {...helixFlags, ...helixBodyFlags}

  async run() {
    const {args, flags} = await this.parse(HelixPut)
    await this.callHelix('PUT', {path: args.path, flags})
  }
}
