import {BaseCommand} from '../../cli/base-command.js'
import {allowNegativeFlag, amountArg, changeFlags, changeOptionsOf, pointsUserArg} from '../../cli/points-flags.js'
import {changeJson, removedLine} from '../../cli/present-points.js'

export default class PointsRemove extends BaseCommand {
  static override summary = 'Take points from a user.'
  static override description = `Who has too few keeps what they have, and the command exits 8, unless you say --allow-negative.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> streamer_sam 20',
    "<%= config.bin %> <%= command.id %> streamer_sam 20 --why 'lost a duel' --allow-negative",
  ]

  static override args = {user: pointsUserArg, points: amountArg('add')}

  static override flags = {...changeFlags, 'allow-negative': allowNegativeFlag}

  async run() {
    const {args, flags} = await this.parse(PointsRemove)
    const ledger = await (await this.openBehalf(flags)).openPoints()
    const change = {kind: 'add' as const, points: 0 - args.points}
    const changed = await ledger.changePoints({user: args.user, change, ...changeOptionsOf(flags)})
    this.succeed(removedLine(changed))
    return changeJson(changed)
  }
}
