import {Flags} from '@oclif/core'

import {BaseCommand} from '../../cli/base-command.js'
import {serveFlags, serveInputOf} from '../../cli/serve-flags.js'
import {installUnit, refuseSecrets, warnOfSecrets} from '../../cli/service/install-unit.js'
import {installationJson, installationLines, SERVICE_ADVICE} from '../../cli/service/present-service.js'
import {serviceCommandLine} from '../../cli/service/service-command-line.js'
import {systemdUnit} from '../../cli/service/systemd-unit.js'

export default class ServiceInstall extends BaseCommand {
  static override summary = 'Have systemd run the daemon, now and whenever you log in.'
  static override description = `Writes a unit for your own systemd, prints it, enables and starts it; no root is needed. It runs this Node and this program with the flags that you give here, which are those of \`serve\`, and with the settings of your environment that are no secrets. Where there is no systemd to be asked, it says what to run. Doing it again is safe.

Without systemd: \`service show --cron\` or \`service show --launchd\`.`
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --listen 127.0.0.1:9000 --yes',
  ]

  static override flags = {
    ...serveFlags,
    yes: Flags.boolean({
      default: false,
      char: 'y',
      summary: 'Replace a unit that says something else, without asking.',
    }),
  }

  async run() {
    const {flags, raw} = await this.parse(ServiceInstall)
    const rest = {version: this.config.version, logStream: this.surroundings.stderr}
    const place = await this.surroundings.openServicePlace(serveInputOf(flags, rest))
    refuseSecrets(place)
    const unit = systemdUnit(serviceCommandLine(raw, this.config.root, place), place)
    const installation = await installUnit(this.talk, await this.surroundings.openUnitFile(), {
      unit,
      writableFolders: place.writableFolders,
      replace: flags.yes,
    })
    warnOfSecrets(this.talk, place)
    this.log(installation.unit.trimEnd())
    for (const line of installationLines(installation)) this.advise(line)
    if (installation.started) for (const line of SERVICE_ADVICE) this.advise(line)
    return installationJson(installation)
  }
}
