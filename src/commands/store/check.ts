import {BaseCommand} from '../../cli/base-command.js'
import {EXIT_CODES} from '../../cli/exit-codes.js'
import {storeReportJson, storeReportLines} from '../../cli/present-health.js'
import {isSound} from '../../model/store-report.js'

export default class StoreCheck extends BaseCommand {
  static override summary = 'See whether the store is sound. Nothing is changed.'
  static override description = `Opens every record and every secret, and looks at the backup, unfinished refreshes, locks, and who may read the files. Whatever is wrong is named with the command that mends it.

Exits with 7 if something that is kept cannot be used.`
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']

  async run() {
    const {flags} = await this.parse(StoreCheck)
    const report = await this.surroundings.checkStore(flags.store === undefined ? {} : {store: flags.store})
    this.log(storeReportLines(report, this.colours))
    if (!isSound(report)) this.surroundings.setExitCode(EXIT_CODES['store-damaged'])
    return storeReportJson(report)
  }
}
