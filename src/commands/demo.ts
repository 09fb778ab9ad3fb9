import {BaseCommand} from '../cli/base-command.js'
import {playDemo} from '../cli/demo-story.js'

export default class Demo extends BaseCommand {
  static override summary = 'See the whole story against a stand-in for Twitch: no network, no account.'
  static override description = `Logs an owner and two bots in, calls Helix as each of them, serves it to programs over HTTP, lets a token end and one be revoked. It runs the real commands in a temporary home, and leaves nothing behind.`
  static override examples = ['<%= config.bin %> <%= command.id %>']

  async run() {
    await this.parse(Demo)
    const program = process.argv[1] ?? ''
    const summary = await playDemo(program, (text) => {
      this.log(text)
    })
    const {commands, refreshes, seconds} = summary
    this.log(
      `\nAll of it worked: ${String(commands)} commands, ${String(refreshes)} ${refreshes === 1 ? 'refresh' : 'refreshes'}, ${String(seconds)} s. ` +
        'Your turn: `behalf provider add twitch`, then `behalf login`.',
    )
    return summary
  }
}
