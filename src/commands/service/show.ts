import {Flags} from '@oclif/core'

import {BaseCommand} from '../../cli/base-command.js'
import {serveFlags, serveInputOf} from '../../cli/serve-flags.js'
import {crontabLines} from '../../cli/service/crontab-lines.js'
import {warnOfSecrets} from '../../cli/service/install-unit.js'
import {launchdPlist} from '../../cli/service/launchd-plist.js'
import {serviceCommandLine} from '../../cli/service/service-command-line.js'
import {systemdUnit} from '../../cli/service/systemd-unit.js'

export default class ServiceShow extends BaseCommand {
  static override summary = 'Print what has the daemon run: a systemd unit, crontab lines or a launchd file.'
  static override description = `Prints what \`service install\` would write, or the like for cron and launchd, and changes nothing. The flags are those of \`serve\`.`
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    {
      description: 'Without systemd',
      command: '(crontab -l; <%= config.bin %> <%= command.id %> --cron) | crontab -',
    },
    {
      description: 'On macOS',
      command: '<%= config.bin %> <%= command.id %> --launchd > ~/Library/LaunchAgents/behalf.plist',
    },
  ]

  static override flags = {
    ...serveFlags,
    cron: Flags.boolean({default: false, exclusive: ['launchd'], summary: 'Lines for a crontab.'}),
    launchd: Flags.boolean({default: false, summary: 'A launch agent for macOS.'}),
  }

  async run() {
    const {flags, raw} = await this.parse(ServiceShow)
    const rest = {version: this.config.version, logStream: this.surroundings.stderr}
    const place = await this.surroundings.openServicePlace(serveInputOf(flags, rest))
    const commandLine = serviceCommandLine(raw, this.config.root, place)
    const kind = flags.cron ? 'cron' : flags.launchd ? 'launchd' : 'systemd'
    const render = {cron: crontabLines, launchd: launchdPlist, systemd: systemdUnit}[kind]
    const text = render(commandLine, place)
    warnOfSecrets(this.talk, place)
    this.log(text.trimEnd())
    if (kind !== 'systemd') return {kind, text}
    const file = await this.surroundings.openUnitFile()
    const present = await file.read()
    return {kind, text, path: file.path, installed: present !== undefined, current: present === text}
  }
}
