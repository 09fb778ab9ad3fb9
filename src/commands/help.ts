import {Args} from '@oclif/core'

import {BaseCommand} from '../cli/base-command.js'
import {checkCommandName} from '../cli/check-command-name.js'
import {findHelp} from '../cli/find-help.js'
import {readManifest} from '../cli/package-files.js'

export default class Help extends BaseCommand {
  static override summary = 'Show what a command does and takes, as its --help does.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> bot add']

  static override args = {
    command: Args.string({multiple: true, description: 'The words that name it. Default: the whole program.'}),
  }

  async run() {
    const {args} = await this.parse(Help)
    const words = args.command ?? []
    const {commands} = readManifest(this.config.root)
    checkCommandName(
      words,
      Object.values(commands).flatMap(({id, aliases}) => [id, ...aliases]),
    )
    const help = await findHelp(this.config.root, words, this.surroundings.stdout)
    if (!this.jsonEnabled()) this.print(help)
    return {help}
  }
}
