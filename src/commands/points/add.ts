import {BaseCommand} from '../../cli/base-command.js'
import {amountArg, changeFlags, changeOptionsOf, pointsUserArg} from '../../cli/points-flags.js'
import {addedLine, changeJson} from '../../cli/present-points.js'

export default class PointsAdd extends BaseCommand {
  static override summary = 'Give points to a user.'
  static override description = `A user is any name or id, of a viewer or of whoever else collects points with you; no account is needed. Every change is kept with who made it, when and why.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> streamer_sam 50',
    {
      description: 'Once, also if the script that gives it runs again',
      command:
        "<%= config.bin %> <%= command.id %> streamer_sam 500 --why 'won the raffle' --idempotency-key raffle-17",
    },
  ]

  static override args = {user: pointsUserArg, points: amountArg('remove')}

  static override flags = changeFlags

  async run() {
    const {args, flags} = await this.parse(PointsAdd)
    const ledger = await (await this.openBehalf(flags)).openPoints()
    const change = {kind: 'add' as const, points: args.points}
    const changed = await ledger.changePoints({user: args.user, change, ...changeOptionsOf(flags)})
    this.succeed(addedLine(changed))
    return changeJson(changed)
  }
}
