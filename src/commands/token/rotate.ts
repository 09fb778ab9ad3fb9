import {apiTokenArg} from '../../cli/api-token-arg.js'
import {BaseCommand} from '../../cli/base-command.js'
import {apiTokenJson} from '../../model/api-token-json.js'

export default class TokenRotate extends BaseCommand {
  static override summary = 'Give an API token a new secret; the old one opens nothing from then on.'
  static override description = `Its id, name, scopes and accounts stay, and one that was issued for 90 days lives for 90 days again. The new token is printed once, alone on stdout, as by \`token issue\`.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> 4f8KpQ2z',
    {
      description: 'Into a file that only you can read',
      command: '(umask 077; <%= config.bin %> <%= command.id %> 4f8KpQ2z > behalf.token)',
    },
  ]

  static override args = {id: apiTokenArg}

  async run() {
    const {args, flags} = await this.parse(TokenRotate)
    const behalf = await this.openBehalf(flags)
    const {token, apiToken} = await behalf.rotateApiToken(args.id)
    this.succeed(`The API token ${apiToken.name} (${apiToken.id}) has a new secret. It is shown this once:`)
    this.log(token.reveal())
    this.advise('The old one is refused from now on: hand the new one to the program as BEHALF_TOKEN.')
    return {token: token.reveal(), ...apiTokenJson(apiToken)}
  }
}
