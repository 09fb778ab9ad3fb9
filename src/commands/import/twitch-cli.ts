import {Args, Flags} from '@oclif/core'

import {BaseCommand} from '../../cli/base-command.js'
import {importFlags, importInputOf} from '../../cli/import-flags.js'
import {parseTwitchCli} from '../../cli/parse-twitch-cli.js'
import {copyNote, importJson, importSuccess} from '../../cli/present-import.js'
import {readInput} from '../../cli/read-input.js'

const LIMIT_BYTES = 64 * 1024

export default class ImportTwitchCli extends BaseCommand {
  static override summary = 'Take over the application and the user token of twitch-cli.'
  static override description = `Reads the .twitch-cli.env that \`twitch configure\` and \`twitch token -u\` write. Its application becomes the provider twitch if there is none yet. Its user token is used once, to know that it works and whose it is. For an application without a secret that ends twitch-cli's own copy.

Running the same import again is safe: it goes on where one ended early, and does nothing after one that has succeeded.`
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> ~/backup/.twitch-cli.env --role bot',
  ]

  static override args = {
    file: Args.string({description: 'The file, or - for stdin. Default: where twitch-cli keeps it.'}),
  }

  static override flags = {
    provider: Flags.string({default: 'twitch', helpValue: 'NAME', summary: 'What to call its application here.'}),
    ...importFlags,
  }

  async run() {
    const {args, flags} = await this.parse(ImportTwitchCli)
    const behalf = await this.openBehalf(flags)
    const source = args.file ?? behalf.findTwitchCliFile()
    const text = await readInput(this.surroundings, {flag: 'FILE', source, limitBytes: LIMIT_BYTES})
    const settings = parseTwitchCli(text, source === '-' ? 'stdin' : source)
    const input = {...importInputOf(flags), ...settings, provider: flags.provider}
    const {provider, providerAdded, login} = await behalf.importTwitchCli(input)
    if (providerAdded) this.succeed(`Added the provider ${provider}.`)
    if (login) {
      this.succeed(importSuccess(login))
      this.advise(copyNote(login, 'The token that twitch-cli has'))
    } else {
      const command = flags.role === 'owner' ? 'behalf login' : 'behalf bot add'
      this.advise(`There is no user token in it, only the application. Log in with: ${command} --provider ${provider}`)
    }
    return {provider, provider_added: providerAdded, login: login ? importJson(login) : null}
  }
}
