import {BaseCommand} from '../../cli/base-command.js'
import {providerJson, providerTable} from '../../cli/present-provider.js'

export default class ProviderList extends BaseCommand {
  static override summary = 'List the services that are set up.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']

  async run() {
    const {flags} = await this.parse(ProviderList)
    const behalf = await this.openBehalf(flags)
    const providers = await behalf.listProviders()
    if (providers.length === 0) this.advise('No provider yet. Set one up with: behalf provider add twitch')
    else this.log(providerTable(providers, this.surroundings.stdout))
    return {providers: providers.map(providerJson)}
  }
}
