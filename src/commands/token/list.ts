import {BaseCommand} from '../../cli/base-command.js'
import {apiTokenTable} from '../../cli/present-api-token.js'
import {apiTokenJson} from '../../model/api-token-json.js'

export default class TokenList extends BaseCommand {
  static override summary = 'List the API tokens that were issued, without their secrets.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']

  async run() {
    const {flags} = await this.parse(TokenList)
    const behalf = await this.openBehalf(flags)
    const tokens = await behalf.listApiTokens()
    const {stdout} = this.surroundings
    if (tokens.length === 0)
      this.advise('No API token yet. Issue one with: behalf token issue NAME --scope helix:read --as ACCOUNT')
    else this.log(apiTokenTable(tokens, this.surroundings.now(), stdout))
    return {tokens: tokens.map(apiTokenJson)}
  }
}
