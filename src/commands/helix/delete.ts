import {HelixCommand} from '../../cli/helix-command.js'
import {helixArgs, helixBodyFlags, helixFlags} from '../../cli/helix-flags.js'

export default class HelixDelete extends HelixCommand {
  static override summary = 'Remove something with the Twitch API on an account’s behalf.'
  static override description =
    'Sends the JSON of --body, and prints what Twitch answers. Nothing is sent unless it is JSON.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> moderation/bans -q broadcaster_id=1001 \\\n  -q moderator_id=1001 -q user_id=2002',
  ]

  static override args = helixArgs
  static override flags = {...helixFlags, ...helixBodyFlags}

  async run() {
    const {args, flags} = await this.parse(HelixDelete)
    await this.callHelix('DELETE', {path: args.path, flags})
  }
}
