import {Flags} from '@oclif/core'

import {BaseCommand} from '../../cli/base-command.js'
import {rekeyJson} from '../../cli/present-moving.js'
import {readInput} from '../../cli/read-input.js'
import {BehalfError} from '../../model/behalf-error.js'
import {Secret} from '../../model/secret.js'

const LIMIT_BYTES = 64 * 1024

export default class StoreRekey extends BaseCommand {
  static override summary = 'Seal the store with a new key.'
  static override description = `Every record is sealed anew, and so is the backup beside the store. What runs with the store has to be stopped first. API tokens go on working. Interrupted, run it again.

Without --new-secret-file the sealing secret stays what BEHALF_SECRET or BEHALF_SECRET_FILE says; where neither is set, a new key file is made, and the old one is kept beside it: other stores of yours, and older copies of this one, open with it alone.`
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --new-secret-file new-secret.txt',
  ]

  static override flags = {
    'new-secret-file': Flags.string({
      helpValue: 'FILE',
      summary: 'The sealing secret from now on is in here. - is stdin.',
    }),
  }

  async run() {
    const {flags} = await this.parse(StoreRekey)
    const moving = await this.surroundings.openMoving(flags.store === undefined ? {} : {store: flags.store})
    const report = await moving.rekeyStore(await this.#readNewSecret(flags['new-secret-file']))
    this.succeed(`${report.location} is sealed with a new key.`)
    if (flags['new-secret-file'] !== undefined) this.advise('From now on set BEHALF_SECRET_FILE to the new secret.')
    if (report.keyFile !== undefined) this.#tellKeyFile(report.keyFile)
    if (report.elsewhere > 0) {
      this.warnOf(
        `${String(report.elsewhere)} refreshes were begun on other machines, which may have answers that the old key seals. It is kept until they have ended: run \`behalf refresh\` there, then this command again.`,
      )
    }
    for (const record of report.damaged) this.warnOf(`Damaged before, and left as it was: ${record}`)
    return rekeyJson(report)
  }

  async #readNewSecret(source: string | undefined): Promise<Secret | undefined> {
    if (source === undefined) return undefined
    const flag = '--new-secret-file'
    const text = (await readInput(this.surroundings, {flag, source, limitBytes: LIMIT_BYTES})).replace(/\r?\n$/, '')
    if (text === '') throw new BehalfError('invalid-input', `${flag}: there is no secret in it.`)
    return new Secret(text)
  }

  #tellKeyFile({path, kept}: {path: string; kept: string | undefined}): void {
    this.advise(`The key is in ${path}. Copy it to other machines that use this store.`)
    if (kept === undefined) return
    this.advise(`The key until now is kept as ${kept}. Delete it when no other store and no older copy needs it.`)
  }
}
