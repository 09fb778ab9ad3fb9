import {HelixCommand} from '../../cli/helix-command.js'
import {helixArgs, helixBodyFlags, helixFlags} from '../../cli/helix-flags.js'

export default class HelixPost extends HelixCommand {
  static override summary = 'Create or do something with the Twitch API on an account’s behalf.'
  static override description =
    'Sends the JSON of --body, and prints what Twitch answers. Nothing is sent unless it is JSON.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> chat/messages --as techydrroid -b @message.json',
    '<%= config.bin %> <%= command.id %> clips -q broadcaster_id=1001',
    `jq -n '{data: {user_id: "2002"}}' | <%= config.bin %> <%= command.id %> moderation/bans \\\n  -q broadcaster_id=1001 -q moderator_id=1001 -b -`,
  ]

  static override args = helixArgs
  static override flags = {...helixFlags, ...helixBodyFlags}

  async run() {
    const {args, flags} = await this.parse(HelixPost)
    await this.callHelix('POST', {path: args.path, flags})
  }
}
