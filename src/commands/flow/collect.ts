import {Flags} from '@oclif/core'

import {BaseCommand} from '../../cli/base-command.js'
import {collectedLine} from '../../cli/present-flow.js'
import {flowJson} from '../../model/flow-json.js'

export default class FlowCollect extends BaseCommand {
  static override summary = 'Forget the logins that nobody finished in time.'
  static override description =
    'What was granted and never confirmed is revoked where that ends nothing else. The daemon does this by itself, every 15 minutes at most.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    {description: 'Also those that still wait', command: '<%= config.bin %> <%= command.id %> --force'},
  ]

  static override flags = {
    force: Flags.boolean({default: false, summary: 'Forget all of them, also those that still wait for somebody.'}),
  }

  async run() {
    const {flags} = await this.parse(FlowCollect)
    const flows = await (await (await this.openBehalf(flags)).openFlows()).collectFlows({force: flags.force})
    for (const flow of flows) this.log(collectedLine(flow))
    return {flows: flows.map(flowJson)}
  }
}
