import {BaseCommand} from '../../cli/base-command.js'
import {listedFlag} from '../../cli/points-flags.js'
import {topTable} from '../../cli/present-points.js'

export default class PointsTop extends BaseCommand {
  static override summary = 'List who has the most points.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    {
      description: 'The three names alone',
      command: "<%= config.bin %> <%= command.id %> --limit 3 --json | jq -r '.users[].user'",
    },
  ]

  static override flags = {limit: listedFlag({usual: 10, summary: 'How many users.'})}

  async run() {
    const {flags} = await this.parse(PointsTop)
    const ledger = await (await this.openBehalf(flags)).openPoints()
    const users = await ledger.topPoints({limit: flags.limit})
    if (users.length === 0) this.advise('Nobody has any points yet. Give some with: behalf points add USER N')
    else this.log(topTable(users, this.surroundings.stdout))
    return {users}
  }
}
