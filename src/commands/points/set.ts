import {BaseCommand} from '../../cli/base-command.js'
import {allowNegativeFlag, balanceArg, changeFlags, changeOptionsOf, pointsUserArg} from '../../cli/points-flags.js'
import {changeJson, setLine} from '../../cli/present-points.js'

export default class PointsSet extends BaseCommand {
  static override summary = 'Set how many points a user has.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> streamer_sam 100',
    "<%= config.bin %> <%= command.id %> streamer_sam 0 --why 'a new season'",
  ]

  static override args = {
    user: pointsUserArg,
    points: balanceArg({required: true, description: 'How many there are to be, as a whole number.'}),
  }

  static override flags = {...changeFlags, 'allow-negative': allowNegativeFlag}

  async run() {
    const {args, flags} = await this.parse(PointsSet)
    const ledger = await (await this.openBehalf(flags)).openPoints()
    const change = {kind: 'set' as const, points: args.points}
    const changed = await ledger.changePoints({user: args.user, change, ...changeOptionsOf(flags)})
    this.succeed(setLine(changed))
    return changeJson(changed)
  }
}
