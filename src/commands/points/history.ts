import {Flags} from '@oclif/core'

import {BaseCommand} from '../../cli/base-command.js'
import {listedFlag, pointsUserArg} from '../../cli/points-flags.js'
import {historyJson, historyTable} from '../../cli/present-points.js'

export default class PointsHistory extends BaseCommand {
  static override summary = 'List what became of the points of a user, the newest change first.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> streamer_sam',
    '<%= config.bin %> <%= command.id %> streamer_sam --limit 3 --json',
  ]

  static override args = {user: pointsUserArg}

  static override flags = {
    limit: listedFlag({usual: 20, summary: 'How many changes.'}),
    before: Flags.integer({
      min: 0,
      helpValue: 'N',
      summary: 'Go on with older changes, from where the page before says.',
    }),
  }

  async run() {
    const {args, flags} = await this.parse(PointsHistory)
    const behalf = await this.openBehalf(flags)
    const older = flags.before === undefined ? {} : {before: flags.before}
    const history = await (await behalf.openPoints()).pointsHistory({...args, limit: flags.limit, ...older})
    if (history.changes.length === 0) this.advise(`Nothing became of the points of ${args.user} yet.`)
    else this.log(historyTable(history, await behalf.nameApiTokens(), this.surroundings.stdout))
    if (history.next !== undefined) this.advise(`There are older ones: --before ${String(history.next)}`)
    return historyJson(history)
  }
}
