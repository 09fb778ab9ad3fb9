import {Flags} from '@oclif/core'

import {BaseCommand} from '../cli/base-command.js'
import {isoTime} from '../model/iso-time.js'

export default class Admin extends BaseCommand {
  static override summary = 'Open the admin page of the daemon in your browser, signed in.'
  static override description = `Makes a link that signs one browser in, once, within a minute, and opens it: accounts, API tokens, providers, the last calls, points and health are looked after there. The daemon must be running, on this machine or at BEHALF_PUBLIC_URL.

Without a terminal, or with --no-open, the link stands alone on a line of stderr. Who has it signs in as you: give it to nobody.`
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    {description: 'On a machine without a browser', command: '<%= config.bin %> <%= command.id %> --no-open'},
    {
      description: 'Hand the link to another program',
      command: '<%= config.bin %> <%= command.id %> --url | qrencode -t ansiutf8',
    },
  ]

  static override flags = {
    open: Flags.boolean({default: true, allowNo: true, summary: 'Open the browser.'}),
    url: Flags.boolean({default: false, summary: 'Print the link alone on stdout, and open nothing.'}),
  }

  async run() {
    const {flags} = await this.parse(Admin)
    const {url, expiresAt} = await (await this.openBehalf(flags)).makeAdminLink()
    const link = url.reveal()
    if (flags.url) this.log(link)
    else if (!this.jsonEnabled()) await this.show(link, flags.open && this.surroundings.interactive)
    return {url: link, expires_at: isoTime(expiresAt)}
  }

  /** The link stands alone on its line: programs read it there, and terminals make it a link. */
  private async show(link: string, opens: boolean): Promise<void> {
    if (opens) {
      try {
        await this.surroundings.openBrowser(link)
        this.say('Your browser opens. If it does not, open this address within a minute:')
      } catch {
        this.say('No browser can be opened here. Open this address within a minute:')
      }
    }
    this.say(link)
  }
}
