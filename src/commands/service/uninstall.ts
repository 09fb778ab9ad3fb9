import {BaseCommand} from '../../cli/base-command.js'
import {removeUnit} from '../../cli/service/remove-unit.js'

export default class ServiceUninstall extends BaseCommand {
  static override summary = 'Stop the daemon that systemd runs, and have it run no more.'
  static override description = `Accounts, tokens and the store stay as they are.`
  static override examples = ['<%= config.bin %> <%= command.id %>']

  async run() {
    await this.parse(ServiceUninstall)
    const {path, removed, stopped, commands} = await removeUnit(this.surroundings)
    if (!removed) this.advise(`There is no ${path}.`)
    else if (stopped) this.succeed(`The service is stopped; ${path} is gone.`)
    else {
      this.succeed(`${path} is gone. There is no systemd of yours to be asked from here; where there is, run:`)
      for (const command of commands) this.advise(`  ${command}`)
    }
    return {path, removed, stopped, commands}
  }
}
