import {apiTokenArg} from '../../cli/api-token-arg.js'
import {BaseCommand} from '../../cli/base-command.js'
import {apiTokenDetails} from '../../cli/present-api-token.js'
import {apiTokenJson} from '../../model/api-token-json.js'

export default class TokenShow extends BaseCommand {
  static override summary = 'Show everything about one API token, its secret apart.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> 4f8KpQ2z',
    '<%= config.bin %> <%= command.id %> overlay',
  ]

  static override args = {id: apiTokenArg}

  async run() {
    const {args, flags} = await this.parse(TokenShow)
    const behalf = await this.openBehalf(flags)
    const token = await behalf.showApiToken(args.id)
    this.log(apiTokenDetails(token, this.surroundings.now()))
    return apiTokenJson(token)
  }
}
