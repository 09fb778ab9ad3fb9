import {Args} from '@oclif/core'

import {BaseCommand} from '../cli/base-command.js'
import {readCompletionScript, SET_UP, SHELLS} from '../cli/completion/completion-script.js'

export default class Autocomplete extends BaseCommand {
  static override summary = 'Complete commands, accounts, Helix paths and more with the tab key.'
  static override description = `Prints what the shell is to run for that. Without SHELL it tells how to switch completion on for good, shell by shell.

Names of accounts, providers and API tokens are looked up in your store at each press of the tab key; no account’s token is opened for it, and nothing asked over the network.`
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    {
      description: 'In this shell, until it ends',
      command: 'eval "$(<%= config.bin %> <%= command.id %> bash)"',
    },
  ]

  static override args = {
    shell: Args.string({options: [...SHELLS], description: 'Which shell’s code to print.'}),
  }

  async run() {
    const {args} = await this.parse(Autocomplete)
    const shell = SHELLS.find((name) => name === args.shell)
    if (shell) {
      const script = await readCompletionScript(shell)
      this.log(script.trimEnd())
      return {shell, script}
    }
    for (const name of SHELLS) this.log(`${name.padEnd(4)}  ${SET_UP[name]}`)
    this.advise('Then open a new terminal.')
    return {shells: SHELLS.map((name) => ({name, set_up: SET_UP[name]}))}
  }
}
