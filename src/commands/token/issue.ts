import {Args, Flags} from '@oclif/core'

import {BaseCommand} from '../../cli/base-command.js'
import {positiveDurationFlag} from '../../cli/duration.js'
import {apiTokenJson} from '../../model/api-token-json.js'
import {splitWords} from '../../cli/split-words.js'

const list = {multiple: true, multipleNonGreedy: true} as const

export default class TokenIssue extends BaseCommand {
  static override summary = 'Issue an API token, which lets a program call behalf.'
  static override description = `The token is printed once, alone on stdout; only a fingerprint of it is kept. It may do what its scopes say, as the accounts named with --as, and nothing else: helix is every Helix call, helix:read the reading ones, helix:GET:/users a single one. metrics:read opens /metrics, and acts as nobody.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> overlay --scope helix:read --as techydrroid',
    {
      description: 'Into a file that only you can read',
      command:
        '(umask 077; <%= config.bin %> <%= command.id %> cron --scope helix --as-any --expires 90d > behalf.token)',
    },
  ]

  static override args = {
    name: Args.string({required: true, description: 'What to call it in `token list`.'}),
  }

  static override flags = {
    scope: Flags.string({
      ...list,
      required: true,
      helpValue: 'SCOPE',
      summary: 'What its holder may do. Repeat it for more.',
    }),
    as: Flags.string({
      ...list,
      exclusive: ['as-any'],
      helpValue: 'ACCOUNT',
      summary:
        'An account that it may act as, or chat users: subject:slack:U02AB, subject:slack:*. Repeat it for more.',
    }),
    'as-any': Flags.boolean({
      default: false,
      summary: 'It may act as the owner and every bot, also those added later.',
    }),
    'default-as': Flags.string({helpValue: 'ACCOUNT', summary: 'As whom it acts when a request does not say.'}),
    'issued-to': Flags.string({helpValue: 'ACCOUNT', summary: 'Whose token it is, for your records.'}),
    expires: positiveDurationFlag({summary: 'When it ends, such as 90d. Default: never.'}),
  }

  async run() {
    const {args, flags} = await this.parse(TokenIssue)
    const behalf = await this.openBehalf(flags)
    const {token, apiToken} = await behalf.issueApiToken({
      name: args.name,
      scopes: splitWords(flags.scope),
      as: flags.as ?? [],
      asAny: flags['as-any'],
      ...(flags['default-as'] !== undefined && {defaultAs: flags['default-as']}),
      ...(flags['issued-to'] !== undefined && {issuedTo: flags['issued-to']}),
      ...(flags.expires !== undefined && {expiresInMs: flags.expires}),
    })
    this.succeed(`Issued the API token ${apiToken.name} (${apiToken.id}). It is shown this once:`)
    this.log(token.reveal())
    this.advise(`Hand it to the program as BEHALF_TOKEN. To take it back: behalf token revoke ${apiToken.id}`)
    return {token: token.reveal(), ...apiTokenJson(apiToken)}
  }
}
