import {Args} from '@oclif/core'

import {readCredentials, type ClientCredentials} from '../../cli/ask-credentials.js'
import {BaseCommand} from '../../cli/base-command.js'
import {changeSettings} from '../../cli/change-settings.js'
import {changeFlags, isCheckWanted, providerInputOf, takesClient} from '../../cli/provider-flags.js'
import {requireTakenClient, setUpProvider} from '../../cli/set-up-provider.js'

export default class ProviderReplace extends BaseCommand {
  static override summary = 'Set up a service anew, under the name that it has.'
  static override description = `Like removing the provider and adding it again, but its accounts stay. What no flag names goes back to what \`provider add\` would choose; \`provider update\` leaves it as it is instead.

Tokens are sent only where they came from: with another client id, or an address on another host, the accounts need a new login. You are asked before that happens; without a terminal it takes --yes.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> twitch --client-id abc123 \\\n  --client-secret-file new-secret.txt',
    '<%= config.bin %> <%= command.id %> work --issuer https://login.example.com \\\n  --client-id abc123 --yes',
  ]

  static override args = {
    name: Args.string({required: true, description: 'Which provider.'}),
  }

  static override flags = changeFlags

  async run() {
    const {args, flags} = await this.parse(ProviderReplace)
    const {surroundings, talk} = this
    const behalf = await this.openBehalf(flags)
    await behalf.showProvider(args.name)
    const describe = (credentials: Partial<ClientCredentials>) => ({
      ...providerInputOf(args.name, flags, credentials),
      keepAccounts: flags['keep-accounts'],
    })
    const isClient = takesClient(flags)
    const check = isClient && isCheckWanted(flags, surroundings)
    const {input} =
      surroundings.interactive && isClient
        ? await setUpProvider({talk, behalf, flags, describe, check})
        : {input: describe(isClient ? await readCredentials(talk, flags) : {})}
    if (check && !surroundings.interactive) requireTakenClient(args.name, await behalf.checkClient(input, {anew: true}))
    const preview = await behalf.previewProvider(input, {anew: true})
    const change = {input, anew: true, preview, ask: !flags.yes, verb: 'replace', done: 'Replaced'}
    return changeSettings(talk, behalf, change)
  }
}
