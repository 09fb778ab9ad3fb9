import {Args} from '@oclif/core'

import {BaseCommand} from '../../cli/base-command.js'
import {providerDetails, providerJson} from '../../cli/present-provider.js'

export default class ProviderShow extends BaseCommand {
  static override summary = 'Show how a service is set up, its secret apart.'
  static override examples = ['<%= config.bin %> <%= command.id %> twitch']

  static override args = {
    name: Args.string({required: true, description: 'Which provider.'}),
  }

  async run() {
    const {args, flags} = await this.parse(ProviderShow)
    const behalf = await this.openBehalf(flags)
    const provider = await behalf.showProvider(args.name)
    this.log(providerDetails(provider))
    return providerJson(provider)
  }
}
