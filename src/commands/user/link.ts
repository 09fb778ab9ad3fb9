import {Flags} from '@oclif/core'

import {askOwnCredential} from '../../cli/ask-own-credential.js'
import {LoginCommand} from '../../cli/login-command.js'
import {loginFlags, loginInputOf} from '../../cli/login-flags.js'
import {loginJson} from '../../cli/present-login.js'
import {kindOf, providerOf, subjectArg} from '../../cli/user-flags.js'
import {loginCommandFor} from '../../model/account-status.js'

export default class UserLink extends LoginCommand {
  static override summary = 'Link a chat user to their own account at a service.'
  static override description = `From then on programs act there as that person. Give the address of a login to the person whose account it is to be, and to nobody else.

An API key, or a user name and password, comes from a prompt or from stdin, never from an argument; it is tried at the service before it is kept. Who was linked to somebody else's account is unlinked first.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> slack:U02AB --provider github',
    {
      description: 'With a user name and a token of the person, as Jenkins has them',
      command: '<%= config.bin %> <%= command.id %> slack:U02AB --provider jenkins --basic < token.txt',
    },
  ]

  static override args = {subject: subjectArg}

  static override flags = {
    ...loginFlags,
    device: Flags.boolean({...loginFlags.device, exclusive: ['paste', 'pin', 'api-key', 'basic']}),
    pin: Flags.boolean({
      default: false,
      exclusive: ['paste', 'api-key', 'basic'],
      summary: 'Show the address to open anywhere, and type in the PIN that it shows (OAuth 1.0a).',
    }),
    'api-key': Flags.boolean({
      default: false,
      exclusive: ['paste', 'basic'],
      summary: 'Take an API key, from stdin or a prompt.',
    }),
    basic: Flags.boolean({
      default: false,
      exclusive: ['paste'],
      summary: 'Take USER:PASSWORD, from stdin or a prompt.',
    }),
    username: Flags.string({
      dependsOn: ['basic'],
      helpValue: 'USER',
      summary: 'The user name for --basic; stdin then has the password alone.',
    }),
    expect: Flags.string({helpValue: 'ID', summary: 'Refuse anyone but this user id at the provider.'}),
  }

  async run() {
    const {args, flags} = await this.parse(UserLink)
    const {subject} = args
    const users = await (await this.openBehalf(flags)).openUsers()
    const kind = kindOf(flags)
    const plan = await users.planLink({subject, ...providerOf(flags), ...(kind && {kind})})
    const expected = flags.expect === undefined ? {} : {expect: flags.expect}
    const link = {subject, provider: plan.provider, ...expected}
    const result =
      plan.kind === 'api-key' || plan.kind === 'basic'
        ? await users.linkCredential({
            ...link,
            credential: await askOwnCredential(this.talk, {...plan, kind: plan.kind, username: flags.username}),
          })
        : await this.logIn(
            {...loginInputOf({...flags, paste: flags.paste || flags.pin}), ...link, role: 'user'},
            flags,
            loginCommandFor({...link, role: 'user', login: subject}),
            `Log in as the person behind ${subject}, not as yourself.`,
          )
    const {account, created} = result
    this.succeed(`${created ? 'Linked' : 'Renewed'} ${subject}: ${account.login} at ${account.provider}.`)
    return loginJson(result)
  }
}
