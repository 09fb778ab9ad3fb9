import {Args, Flags} from '@oclif/core'

import {HelixBatchCommand} from '../../cli/helix-batch-command.js'
import {helixBatchFlags} from '../../cli/helix-flags.js'

export default class HelixBatch extends HelixBatchCommand {
  static override summary = 'Make many calls of the Twitch API, a line each, at once.'
  static override description = `Each line of the input is a call: METHOD PATH, with the JSON to send behind it, or a JSON object with method, path and, where wanted, query, body, as and app. Empty lines and those that begin with # are passed over.

A JSON line is printed for each, in the order of the input, as soon as it and those before it are answered: line, status and body where Twitch answered, and error with code, message and hint where it refused, did not answer, or was not asked. A failure ends nothing: the exit code tells of the one that weighs most (1, 7, 3, 4, 6, 5, 8, 2, in this order).

All calls together, and those of other behalf commands, keep within Twitch’s rate limit.`
  static override examples = [
    `printf '%s\\n' 'GET users' 'GET streams?first=5' | <%= config.bin %> <%= command.id %>`,
    `<%= config.bin %> <%= command.id %> requests.txt --concurrency 4 | jq -c 'select(.error)'`,
    `jq -c '{method: "GET", path: "users", query: {id}}' people.json | \\\n  <%= config.bin %> <%= command.id %> -`,
  ]

  static override args = {
    file: Args.string({default: '-', description: 'Where the calls are read from; - is stdin.'}),
  }
  static override flags = {
    ...helixBatchFlags,
    concurrency: Flags.integer({
      default: 16,
      min: 1,
      max: 64,
      helpValue: 'N',
      summary: 'How many calls are made at once.',
    }),
  }

  async run() {
    const {args, flags} = await this.parse(HelixBatch)
    await this.runBatch(args.file, flags)
  }
}
