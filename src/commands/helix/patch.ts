import {HelixCommand} from '../../cli/helix-command.js'
import {helixArgs, helixBodyFlags, helixFlags} from '../../cli/helix-flags.js'

export default class HelixPatch extends HelixCommand {
  static override summary = 'Change something with the Twitch API on an account’s behalf.'
  static override description =
    'Sends the JSON of --body, and prints what Twitch answers. Nothing is sent unless it is JSON.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> channels -q broadcaster_id=1001 -b @channel.json',
    `<%= config.bin %> <%= command.id %> chat/settings -q broadcaster_id=1001 \\\n  -q moderator_id=1001 -b '{"slow_mode":true}'`,
  ]

  static override args = helixArgs
  static override flags = {...helixFlags, ...helixBodyFlags}

  async run() {
    const {args, flags} = await this.parse(HelixPatch)
    await this.callHelix('PATCH', {path: args.path, flags})
  }
}
