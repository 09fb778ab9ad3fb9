import {once} from 'node:events'

import {Flags} from '@oclif/core'

import {BaseCommand} from '../cli/base-command.js'

export default class Sandbox extends BaseCommand {
  static override summary = 'Run a local stand-in for Twitch, to try behalf out.'
  static override description = `Login pages, tokens, Helix and chat like Twitch's, with made-up users, on this machine alone. Nothing of it is kept. It runs until you stop it with Ctrl-C.`
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --port 0 --json',
  ]

  static override flags = {
    port: Flags.integer({default: 8421, min: 0, max: 65_535, summary: 'Where to listen; 0 takes any free port.'}),
    'irc-port': Flags.integer({
      min: 0,
      max: 65_535,
      summary: 'Where chat is spoken, as IRC over TCP; 0 takes any free port.',
      defaultHelp: () => Promise.resolve('the port after --port, or any that is free'),
    }),
  }

  protected override readonly runsUntilStopped = true

  async run() {
    const {flags} = await this.parse(Sandbox)
    const sandbox = await this.surroundings.openSandbox({port: flags.port, ircPort: flags['irc-port']})
    try {
      if (this.jsonEnabled())
        this.print(`${JSON.stringify({url: sandbox.url, irc_port: sandbox.ircPort, client_id: sandbox.clientId})}\n`)
      this.log(sandbox.describe())
      if (!this.stopSignal.aborted) await once(this.stopSignal, 'abort')
    } finally {
      await sandbox.stop()
    }
  }
}
