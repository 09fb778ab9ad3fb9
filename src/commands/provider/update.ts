import {Args, Flags} from '@oclif/core'

import {readClientSecret} from '../../cli/ask-credentials.js'
import {BaseCommand} from '../../cli/base-command.js'
import {providerJson} from '../../cli/present-provider.js'
import {providerFlags, providerInputOf} from '../../cli/provider-flags.js'

export default class ProviderUpdate extends BaseCommand {
  static override aliases = ['provider:patch']
  static override summary = 'Change some of how a service is set up.'
  static override description = `What no flag names stays as it is. Tokens are sent only where they came from: with another client id, or an address on another host, the accounts need a new login, unless you say --keep-accounts about the host.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> twitch --client-secret-file new-secret.txt',
    '<%= config.bin %> <%= command.id %> twitch --callback-url http://localhost:9000/callback',
  ]

  static override args = {
    name: Args.string({required: true, description: 'Which provider.'}),
  }

  static override flags = {
    ...providerFlags,
    'keep-accounts': Flags.boolean({
      default: false,
      summary: 'Trust the new addresses with the tokens that the accounts have.',
    }),
  }

  async run() {
    const {args, flags} = await this.parse(ProviderUpdate)
    const clientSecret = await readClientSecret(this.talk, flags)
    const behalf = await this.openBehalf(flags)
    const {loginNeeded, ...provider} = await behalf.changeProvider(
      {...providerInputOf(args.name, flags, {clientSecret}), keepAccounts: flags['keep-accounts']},
      {anew: false},
    )
    this.succeed(`Changed the provider ${provider.name}.`)
    if (loginNeeded > 0)
      this.warnOf(`Accounts that need a login now: ${String(loginNeeded)}. See them with: behalf status`)
    return {...providerJson(provider), login_needed: loginNeeded}
  }
}
