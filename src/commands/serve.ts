import {once} from 'node:events'

import {BaseCommand} from '../cli/base-command.js'
import {alreadyJson, alreadyLine, servingJson, servingLines} from '../cli/present-daemon.js'
import {serveFlags, serveInputOf} from '../cli/serve-flags.js'

const OPEN_TO_NETWORK =
  'Other machines can reach it, and what they say to it goes unencrypted. Put a proxy with TLS before it, or listen on 127.0.0.1.'

export default class Serve extends BaseCommand {
  static override summary = 'Keep every account fresh, and let programs with an API token act as them over HTTP.'
  static override description = `Listens on a port and on a Unix socket until it is stopped, on this machine alone unless --listen opens it to a network; then what runs comes to its end first. Programs call http://localhost:8420/api/twitch/helix/users and the like, with an API token of \`behalf token issue\`. Logins that are started meanwhile come back here too.

The log goes to stderr, a JSON line for each event. A second one at the same address, for the same store, says which one runs and exits with 0.`
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --listen 127.0.0.1:0 --no-socket --json',
    {
      description: 'Have someone told when an account needs a login',
      command: `<%= config.bin %> <%= command.id %> --on-login-needed 'notify-send behalf'`,
    },
  ]

  static override flags = serveFlags

  protected override readonly runsUntilStopped = true

  async run() {
    const {flags} = await this.parse(Serve)
    const rest = {version: this.config.version, logStream: this.surroundings.stderr}
    const start = await this.surroundings.openDaemon(serveInputOf(flags, rest))
    if (start.kind === 'serving-already') {
      if (!this.jsonEnabled()) this.say(alreadyLine(start.daemon, this.surroundings.now()))
      return alreadyJson(start.daemon)
    }
    const {daemon} = start
    try {
      if (this.jsonEnabled()) this.print(`${JSON.stringify(servingJson(daemon))}\n`)
      else for (const line of servingLines(daemon)) this.say(line)
      if (daemon.isOpenToNetwork) this.warnOf(OPEN_TO_NETWORK)
      if (!this.stopSignal.aborted) await once(this.stopSignal, 'abort')
    } finally {
      await daemon.stop()
    }
    return undefined
  }
}
