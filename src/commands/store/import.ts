import {Args, Flags} from '@oclif/core'

import {BaseCommand} from '../../cli/base-command.js'
import {readPassphrase} from '../../cli/passphrase.js'
import {describeCounts, importJson} from '../../cli/present-moving.js'
import {readInputBytes} from '../../cli/read-input.js'
import {BehalfError} from '../../model/behalf-error.js'

const LIMIT_BYTES = 1024 * 1024 * 1024

export default class StoreImport extends BaseCommand {
  static override summary = 'Put back what `store export` backed up.'
  static override description = `Into an empty store, or with --replace in place of all that is there. What runs with the store has to be stopped first. All of it is put back or nothing.

API tokens go on working. Tokens of accounts may have been used since the export: where a service takes a token once only, the account is in doubt until it has been refreshed, and may need a login.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> backup.age',
    '<%= config.bin %> <%= command.id %> backup.age --replace --yes \\\n  --passphrase-file passphrase.txt',
  ]

  static override args = {
    file: Args.string({required: true, description: 'What `store export` wrote. - is stdin.'}),
  }

  static override flags = {
    'passphrase-file': Flags.string({helpValue: 'FILE', summary: 'Read the passphrase from here. - is stdin.'}),
    replace: Flags.boolean({default: false, summary: 'Put it in place of what is in the store.'}),
    yes: Flags.boolean({default: false, char: 'y', summary: 'Replace without asking.', dependsOn: ['replace']}),
  }

  async run() {
    const {args, flags} = await this.parse(StoreImport)
    if (args.file === '-' && flags['passphrase-file'] === '-') {
      throw new BehalfError('usage', 'The export and its passphrase cannot both come from stdin.', {
        hint: 'Name a file for one of them.',
      })
    }
    const moving = await this.surroundings.openMoving(flags.store === undefined ? {} : {store: flags.store})
    const input = {flag: 'FILE', source: args.file, limitBytes: LIMIT_BYTES}
    const bytes = await readInputBytes(this.surroundings, input)
    const request = {file: flags['passphrase-file'], signal: this.stopSignal}
    const report = await moving.importStore({
      bytes,
      source: args.file === '-' ? 'stdin' : args.file,
      passphrase: await readPassphrase(this.surroundings, request),
      mayReplace: (location) => this.#mayReplace(location, flags),
    })
    this.succeed(`Imported ${describeCounts(report.records)} into ${report.location}.`)
    if (report.doubtful > 0) {
      this.warnOf(
        `${String(report.doubtful)} of the accounts may have been refreshed since the export. Look at them: behalf refresh, then behalf status`,
      )
    }
    return importJson(report)
  }

  async #mayReplace(location: string, {replace, yes}: {replace: boolean; yes: boolean}): Promise<boolean> {
    const {interactive, prompts} = this.surroundings
    if (!replace || yes) return replace
    if (interactive) return prompts.confirm(`Replace all that is in ${location}?`, {signal: this.stopSignal})
    throw new BehalfError('usage', 'There is nobody to ask whether the store may be replaced.', {hint: 'Say --yes.'})
  }
}
