import {Args, Flags} from '@oclif/core'

import {BaseCommand} from '../../cli/base-command.js'
import {providerJson} from '../../cli/present-provider.js'

export default class ProviderRemove extends BaseCommand {
  static override summary = 'Forget a service and how it was set up.'
  static override description = `While it has accounts this is refused, unless you say --yes or agree at the prompt: they are then forgotten too, without being revoked at the service. Use \`logout\` and \`bot remove\` first to revoke them.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> github',
    '<%= config.bin %> <%= command.id %> github --yes',
  ]

  static override args = {
    name: Args.string({required: true, description: 'Which provider.'}),
  }

  static override flags = {
    yes: Flags.boolean({default: false, char: 'y', summary: 'Forget its accounts too, without asking.'}),
  }

  async run() {
    const {args, flags} = await this.parse(ProviderRemove)
    const behalf = await this.openBehalf(flags)
    const withAccounts = flags.yes || (await this.#askAbout((await behalf.showProvider(args.name)).accounts))
    const {provider, accounts} = await behalf.removeProvider(args.name, {withAccounts})
    this.succeed(
      `Removed the provider ${provider.name}${accounts > 0 ? `, and ${String(accounts)} accounts with it` : ''}.`,
    )
    return {...providerJson(provider), removed_accounts: accounts}
  }

  async #askAbout(accounts: number): Promise<boolean> {
    const {interactive, prompts} = this.surroundings
    if (accounts === 0 || !interactive) return false
    const question = `It has accounts (${String(accounts)}). Forget them too, without revoking them?`
    return prompts.confirm(question, {signal: this.stopSignal})
  }
}
