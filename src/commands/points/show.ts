import {BaseCommand} from '../../cli/base-command.js'
import {pointsUserArg} from '../../cli/points-flags.js'

export default class PointsShow extends BaseCommand {
  static override summary = 'Show how many points a user has.'
  static override description = `Prints the number alone. Who never had any has 0.`
  static override examples = ['<%= config.bin %> <%= command.id %> streamer_sam']

  static override args = {user: pointsUserArg}

  async run() {
    const {args, flags} = await this.parse(PointsShow)
    const ledger = await (await this.openBehalf(flags)).openPoints()
    const {user, points} = await ledger.showPoints(args)
    this.log(String(points))
    return {user, points}
  }
}
