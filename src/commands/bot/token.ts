import {Args, Flags} from '@oclif/core'

import {BaseCommand} from '../../cli/base-command.js'
import {durationFlag} from '../../cli/duration.js'
import {tokenVariables} from '../../cli/token-variables.js'
import {accountJson} from '../../model/account-json.js'
import {timeField} from '../../model/iso-time.js'
import {quoteWord} from '../../model/shell-words.js'

export default class BotToken extends BaseCommand {
  static override summary = 'Print an access token of the provider that is good for a while.'
  static override description = `For programs that must have the provider's token itself. It is renewed first if it would end too soon. Prefer \`helix\`, which keeps tokens to itself.

Takes any account, not only bots. --format header prints a line for curl; env the variables that \`exec\` sets, as lines that a POSIX shell reads: TWITCH_ACCESS_TOKEN, TWITCH_CLIENT_ID (of another provider: its name in capitals, such as GITHUB_ACCESS_TOKEN), and whose they are.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> techydrroid',
    '<%= config.bin %> <%= command.id %> techydrroid --min-ttl 30m --format json',
    {
      description: 'Into a shell, and on to the programs that it starts',
      command: 'set -a; eval "$(<%= config.bin %> <%= command.id %> techydrroid --format env)"; set +a',
    },
    {
      description: 'Without the token among the arguments that other users see',
      command:
        '<%= config.bin %> <%= command.id %> techydrroid --format header | curl -H @- https://id.twitch.tv/oauth2/validate',
    },
  ]

  static override args = {
    login: Args.string({
      required: true,
      description: 'Which account: LOGIN, PROVIDER/LOGIN, id:ID or subject:SUBJECT.',
    }),
  }

  static override flags = {
    'min-ttl': durationFlag({
      default: 300_000,
      defaultHelp: () => Promise.resolve('5m'),
      summary: 'How long it must live at least.',
    }),
    format: Flags.option({options: ['raw', 'header', 'env', 'json'] as const})({
      default: 'raw',
      summary: 'The token alone, an HTTP header, shell variables, or JSON with the account.',
    }),
  }

  async run() {
    const {args, flags} = await this.parse(BotToken)
    const behalf = await this.openBehalf(flags)
    const fresh = await behalf.getFreshToken({as: args.login, minTtlMs: flags['min-ttl']})
    if (fresh.warning !== undefined) this.warnOf(fresh.warning)
    const token = fresh.accessToken.reveal()
    const toJson = () => ({
      access_token: token,
      client_id: fresh.clientId,
      ...timeField('expires_at', fresh.expiresAt),
      account: accountJson(fresh.account),
    })
    const texts = {
      raw: () => token,
      header: () => `Authorization: Bearer ${token}`,
      env: () =>
        tokenVariables(fresh)
          .map(([name, value]) => `${name}=${quoteWord(value)}`)
          .join('\n'),
      json: () => JSON.stringify(toJson(), null, 2),
    }
    this.log(texts[flags.format]())
    // The first date that is spelled takes 3 ms: a short command's share.
    return this.jsonEnabled() ? toJson() : undefined
  }
}
