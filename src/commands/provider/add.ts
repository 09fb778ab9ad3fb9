import {Args, Flags} from '@oclif/core'

import {readCredentials, type ClientCredentials} from '../../cli/ask-credentials.js'
import {settleService} from '../../cli/choose-preset.js'
import {redirectLines} from '../../cli/explain-registration.js'
import {keepProvider, keptLine, type KeptProvider} from '../../cli/keep-provider.js'
import {LoginCommand, USUAL_LOGIN} from '../../cli/login-command.js'
import {providerJson} from '../../cli/present-provider.js'
import {checkFlag, isCheckWanted, providerFlags, providerInputOf, takesClient} from '../../cli/provider-flags.js'
import {requireTakenClient, setUpProvider} from '../../cli/set-up-provider.js'
import {loginCommandFor} from '../../model/account-status.js'

export default class ProviderAdd extends LoginCommand {
  static override summary = 'Set up a service, with the client id and secret of your application there.'
  static override description = `At a terminal this leads you through it: where to register the application and what to fill in there, its client id and secret, then the login. The service is asked whether it takes what you typed. Nothing is kept before you have answered everything, and running it again is safe.

NAME is how you call the service from now on. If behalf knows a service of that name (see \`provider presets\`), its addresses are filled in; --preset picks another one, and the flags change what they name. The client secret comes from a prompt, a file or stdin, never from an argument.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> twitch',
    {
      description: 'In a script, the secret coming from a password manager',
      command:
        'pass show twitch | <%= config.bin %> <%= command.id %> twitch --client-id abc123 --client-secret-file -',
    },
    '<%= config.bin %> <%= command.id %> work --issuer https://login.example.com \\\n  --client-id abc123 --scope openid',
    {
      description: 'A service that takes a user name and a token of each person',
      command:
        '<%= config.bin %> <%= command.id %> jenkins --credential basic \\\n  --api-url https://ci.example.com \\\n  --userinfo-url https://ci.example.com/me/api/json',
    },
  ]

  static override args = {
    name: Args.string({
      description: 'What to call it, such as twitch. Left out at a terminal, it is chosen from what behalf knows.',
    }),
  }

  static override flags = {
    ...providerFlags,
    check: checkFlag,
    login: Flags.boolean({allowNo: true, default: true, summary: 'Offer to log in afterwards, or not (--no-login).'}),
  }

  async run() {
    const parsed = await this.parse(ProviderAdd)
    const {surroundings, talk} = this
    const {name, flags} = await settleService(talk, parsed.args.name, parsed.flags)
    const check = isCheckWanted(flags, surroundings)
    const describe = (credentials: Partial<ClientCredentials>) => providerInputOf(name, flags, credentials)
    const behalf = await this.openBehalf(flags)
    if (!takesClient(flags)) {
      const kept = await keepProvider(talk, behalf, describe({}))
      this.succeed(keptLine(kept))
      this.advise(`Then link people to it with: behalf user link SUBJECT --provider ${name}`)
      return providerJson(kept.provider)
    }
    if (!surroundings.interactive) {
      const input = describe(await readCredentials(talk, flags))
      if (check) requireTakenClient(name, await behalf.checkClient(input, {anew: true}))
      const kept = await keepProvider(talk, behalf, input)
      this.#tell(kept, false)
      this.advise(`Then log in with: ${loginCommandFor({provider: name, role: 'owner', login: ''})}`)
      return providerJson(kept.provider)
    }
    const {input, explained} = await setUpProvider({talk, behalf, flags, describe, check})
    const kept = await keepProvider(talk, behalf, input)
    this.#tell(kept, explained)
    if (flags.login && !this.jsonEnabled()) await this.#offerLogin(name, flags)
    return providerJson(kept.provider)
  }

  #tell(kept: KeptProvider, explained: boolean): void {
    this.succeed(keptLine(kept))
    if (!explained) for (const line of redirectLines(kept.provider)) this.advise(line)
  }

  async #offerLogin(name: string, flags: {store: string | undefined; 'no-color': boolean}): Promise<void> {
    const behalf = await this.openBehalf(flags)
    const command = loginCommandFor({provider: name, role: 'owner', login: ''})
    const owners = await behalf.listAccounts({role: 'owner'})
    if (owners.some(({provider, state}) => provider === name && state !== 'login-needed')) return
    const {prompts} = this.surroundings
    if (await prompts.confirm('Log in now?', {signal: this.stopSignal, isLikely: true})) {
      await this.logInOwner({provider: name, scopes: [], method: 'browser'}, {...USUAL_LOGIN, ...flags}, command)
    } else this.advise(`Log in later with: ${command}`)
  }
}
