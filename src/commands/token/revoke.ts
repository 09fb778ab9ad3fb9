import {apiTokenArg} from '../../cli/api-token-arg.js'
import {BaseCommand} from '../../cli/base-command.js'
import {apiTokenJson} from '../../model/api-token-json.js'

export default class TokenRevoke extends BaseCommand {
  static override summary = 'Revoke an API token: it opens nothing any more.'
  static override examples = ['<%= config.bin %> <%= command.id %> 4f8KpQ2z']

  static override args = {id: apiTokenArg}

  async run() {
    const {args, flags} = await this.parse(TokenRevoke)
    const behalf = await this.openBehalf(flags)
    const token = await behalf.revokeApiToken(args.id)
    this.succeed(`The API token ${token.name} (${token.id}) is revoked.`)
    return apiTokenJson(token)
  }
}
