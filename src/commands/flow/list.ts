import {BaseCommand} from '../../cli/base-command.js'
import {flowTable} from '../../cli/present-flow.js'
import {flowJson} from '../../model/flow-json.js'

export default class FlowList extends BaseCommand {
  static override summary = 'List the logins that were begun, and how far they have come.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    {
      description: 'Those that still wait for somebody',
      command: `<%= config.bin %> <%= command.id %> --json | jq '.flows[] | select(.state == "pending")'`,
    },
  ]

  async run() {
    const {flags} = await this.parse(FlowList)
    const flows = await (await (await this.openBehalf(flags)).openFlows()).listFlows()
    if (flows.length === 0) this.advise('Nobody is logging in.')
    else this.log(flowTable(flows, this.surroundings.now(), this.surroundings.stdout))
    return {flows: flows.map(flowJson)}
  }
}
