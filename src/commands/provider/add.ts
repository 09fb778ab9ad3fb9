import {Args} from '@oclif/core'

import {askCredentials} from '../../cli/ask-credentials.js'
import {BaseCommand} from '../../cli/base-command.js'
import {providerJson} from '../../cli/present-provider.js'
import {providerFlags, providerInputOf} from '../../cli/provider-flags.js'

export default class ProviderAdd extends BaseCommand {
  static override summary = 'Set up a service, with the client id and secret of your application there.'
  static override description = `NAME is how you call the service from now on. If behalf knows a service of that name, its addresses are filled in; --preset picks another one, and the flags change what they name. The client secret comes from a file, from stdin or from a prompt, never from an argument.

Register the redirect URI that this prints at the service, exactly as it is.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> twitch',
    {
      description: 'In a script, the secret coming from a password manager',
      command:
        'pass show twitch | <%= config.bin %> <%= command.id %> twitch --client-id abc123 --client-secret-file -',
    },
    '<%= config.bin %> <%= command.id %> work --issuer https://login.example.com --client-id abc123 --scope openid',
  ]

  static override args = {
    name: Args.string({required: true, description: 'What to call it, such as twitch.'}),
  }

  static override flags = {...providerFlags}

  async run() {
    const {args, flags} = await this.parse(ProviderAdd)
    const credentials = await askCredentials(this.surroundings, flags, this.stopSignal)
    const behalf = await this.openBehalf(flags)
    const provider = await behalf.addProvider(providerInputOf(args.name, flags, credentials))
    this.succeed(`Added the provider ${provider.name}.`)
    const where = provider.registerUrl === undefined ? '' : ` at ${provider.registerUrl}`
    this.advise(`Register this redirect URI for it${where}, exactly so: ${provider.callbackUrl}`)
    this.advise(`Then log in with: behalf login${provider.name === 'twitch' ? '' : ` --provider ${provider.name}`}`)
    return providerJson(provider)
  }
}
