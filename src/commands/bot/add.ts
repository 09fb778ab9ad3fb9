import {Flags} from '@oclif/core'

import {LoginCommand} from '../../cli/login-command.js'
import {loginFlags, loginInputOf} from '../../cli/login-flags.js'
import {loginJson} from '../../cli/present-login.js'
import {nameOf} from '../../model/account-name.js'

export default class BotAdd extends LoginCommand {
  static override summary = 'Log a bot in, for programs to act as.'
  static override description = `Log in at the provider as the bot, not as yourself: its page is always shown, so that you can change the account there. Your own account is refused. Adding a bot again renews what was granted to it.`
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --expect techydrroid',
    '<%= config.bin %> <%= command.id %> --device --scope user:write:chat',
  ]

  static override flags = {
    ...loginFlags,
    expect: Flags.string({helpValue: 'LOGIN', summary: 'Refuse anyone but this login, or this user id.'}),
  }

  async run() {
    const {flags} = await this.parse(BotAdd)
    const {expect} = flags
    const input = {...loginInputOf(flags), role: 'bot' as const, ...(expect !== undefined && {expect})}
    const result = await this.logIn(input, flags, commandOf(flags), adviceFor(expect))
    this.succeed(`${result.created ? 'Added' : 'Updated'} the bot ${nameOf(result.account)}.`)
    return loginJson(result)
  }
}

/** What to type to try again. A name that a shell would take apart is left out. */
function commandOf({provider, expect}: {provider: string | undefined; expect: string | undefined}): string {
  const said = [
    ['--provider', provider],
    ['--expect', expect],
  ].filter(([, value = '']) => /^[\w.:@-]+$/.test(value))
  return ['behalf bot add', ...said.flat()].join(' ')
}

/** The commonest mistake is to allow it as oneself. */
const adviceFor = (expect = 'the bot'): string =>
  `Log in as ${expect}, not as yourself (in a private window, if your browser knows you).`
