import {Args} from '@oclif/core'

import {BaseCommand} from '../../cli/base-command.js'
import {describeCounts, describeStep, migrationJson} from '../../cli/present-moving.js'

export default class StoreMigrate extends BaseCommand {
  static override summary = 'Move the store to another place: from a file to Redis, back, or to another of its kind.'
  static override description = `FROM and TO are what BEHALF_STORE takes: a file, a redis:// URL, or \`redis\` for the one that REDIS_HOST, REDIS_TLS_URL or REDIS_URL names; and \`default\` for the file that is the store where nothing is set. A URL stands here without its password: set BEHALF_REDIS_PASSWORD, or have the whole URL in BEHALF_STORE.

What runs with either store has to be stopped first. Records are copied as they are, sealed with the same keys, and compared one by one; then FROM is marked as moved and TO is taken into use. Interrupted, even by a power cut, run it again. To go back, move it back.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> default redis://localhost:6379',
    '<%= config.bin %> <%= command.id %> redis://localhost:6379 ./store.json',
  ]

  static override args = {
    from: Args.string({required: true, description: 'The store to move.'}),
    to: Args.string({required: true, description: 'Where to; nothing is there yet.'}),
  }

  async run() {
    const {args} = await this.parse(StoreMigrate)
    const result = await this.surroundings.moveStore(args, (step) => {
      if (this.surroundings.interactive) this.advise(describeStep(step))
    })
    this.succeed(`Moved ${describeCounts(result.records)} from ${result.from} to ${result.to}.`)
    this.advise(`From now on: BEHALF_STORE=${result.to}`)
    return migrationJson(result)
  }
}
