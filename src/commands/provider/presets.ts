import {Args} from '@oclif/core'

import {BaseCommand} from '../../cli/base-command.js'
import {presetJson, presetTable} from '../../cli/present-preset.js'

export default class ProviderPresets extends BaseCommand {
  static override summary = 'List the services whose addresses behalf knows.'
  static override description = `\`provider add\` fills these in by name. Any other OAuth 2 or OpenID Connect service can be set up with --issuer, or with its addresses.

Those that are VERIFIED were held against the service’s own documentation; --json says when, where it is, and what it does not confirm. The others come from a public list: compare their addresses with the service’s documentation before you trust them with a client secret.

All of them log in through the browser, those with DEVICE also with a code to enter anywhere.`
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> goo --json']

  static override args = {
    filter: Args.string({description: 'Only those with this in their name or title.'}),
  }

  async run() {
    const {args} = await this.parse(ProviderPresets)
    const wanted = (args.filter ?? '').toLowerCase()
    const {presets} = await this.surroundings.loadVocabulary()
    const found = presets.filter(({name, title}) => `${name} ${title.toLowerCase()}`.includes(wanted))
    if (found.length > 0) this.log(presetTable(found, this.surroundings.stdout))
    else this.advise('behalf knows no such service. Set it up with: behalf provider add NAME --issuer URL')
    return {presets: found.map(presetJson)}
  }
}
