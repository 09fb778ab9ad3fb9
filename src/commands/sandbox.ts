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
    'irc-tls-cert': Flags.string({
      dependsOn: ['irc-tls-key'],
      helpValue: 'FILE',
      summary: 'Speak chat over TLS too, with this certificate; the port is any that is free.',
    }),
    'irc-tls-key': Flags.string({
      dependsOn: ['irc-tls-cert'],
      helpValue: 'FILE',
      summary: 'The key of that certificate. Both are in PEM.',
    }),
    'callback-url': Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'URL',
      summary:
        'Where its clients may send the browser back to; may be repeated. Default: http://localhost:8420/callback.',
    }),
  }

  protected override readonly runsUntilStopped = true

  async run() {
    const {flags} = await this.parse(Sandbox)
    const {port, 'irc-port': ircPort, 'irc-tls-cert': certFile, 'irc-tls-key': keyFile} = flags
    const sandbox = await this.surroundings.openSandbox({
      port,
      ircPort,
      callbackUrls: flags['callback-url'],
      ...(certFile !== undefined && keyFile !== undefined && {ircTls: {certFile, keyFile}}),
    })
    const {url, ircPort: irc_port, ircTlsPort: irc_tls_port, clientId: client_id} = sandbox
    const ready = {url, irc_port, irc_tls_port, client_id}
    try {
      if (this.jsonEnabled()) this.print(`${JSON.stringify(ready)}\n`)
      this.log(sandbox.describe())
      if (!this.stopSignal.aborted) await once(this.stopSignal, 'abort')
    } finally {
      await sandbox.stop()
    }
  }
}
