import {Args, Flags} from '@oclif/core'

import {BaseCommand} from '../../cli/base-command.js'
import {checkFree, placePrivateFile} from '../../cli/place-private-file.js'
import {choosePassphrase} from '../../cli/passphrase.js'
import {countsJson, describeCounts} from '../../cli/present-moving.js'
import {SteadyOutput} from '../../cli/steady-output.js'
import {BehalfError} from '../../model/behalf-error.js'

export default class StoreExport extends BaseCommand {
  static override summary = 'Back up everything in the store, sealed under a passphrase.'
  static override description = `Whoever has the file and the passphrase has every account, so choose a long one and keep it apart. The file is one of age (age-encryption.org): \`age --decrypt\` opens it too. Put it back with \`store import\`.

Nothing that runs has to be stopped.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> backup.age',
    '<%= config.bin %> <%= command.id %> --passphrase-file passphrase.txt > backup.age',
  ]

  static override args = {
    file: Args.string({default: '-', description: 'Where to write it. - is stdout.'}),
  }

  static override flags = {
    'passphrase-file': Flags.string({helpValue: 'FILE', summary: 'Read the passphrase from here. - is stdin.'}),
    armor: Flags.boolean({default: false, summary: 'Write it as text, to paste or mail it.'}),
    force: Flags.boolean({default: false, summary: 'Replace the file if it is there.'}),
  }

  async run() {
    const {args, flags} = await this.parse(StoreExport)
    const file = args.file === '-' ? undefined : args.file
    if (file === undefined) this.#checkStdout()
    else await checkFree(file, flags.force)
    const moving = await this.surroundings.openMoving(flags.store === undefined ? {} : {store: flags.store})
    const request = {file: flags['passphrase-file'], signal: this.stopSignal}
    const passphrase = await choosePassphrase(this.surroundings, request)
    const {sealed, records} = await moving.exportStore(passphrase, {armored: flags.armor})
    // A backup is said to be made once it has left, and not where nobody took it.
    const stdout = new SteadyOutput(this.surroundings.stdout)
    if (file === undefined) await stdout.write(sealed)
    else await placePrivateFile(file, sealed, flags)
    if (!stdout.isClosed) this.succeed(`Exported ${describeCounts(records)}${file === undefined ? '' : ` to ${file}`}.`)
    return {store: moving.location, file: file ?? null, ...countsJson(records)}
  }

  #checkStdout(): void {
    if (this.jsonEnabled()) {
      throw new BehalfError('usage', 'With --json the export needs a file, for stdout says how it went.', {
        hint: 'behalf store export FILE --json',
      })
    }
    if (this.surroundings.stdout.isTTY !== true) return
    throw new BehalfError('usage', 'An export is not for a screen.', {
      hint: 'Name a file: behalf store export FILE',
    })
  }
}
