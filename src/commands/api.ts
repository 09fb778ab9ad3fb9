import {Args, Flags} from '@oclif/core'

import {ApiCommand} from '../cli/api-command.js'
import {helixFlags} from '../cli/helix-flags.js'

export default class Api extends ApiCommand {
  static override summary = 'Call the API of any provider on an account’s behalf.'
  static override description = `Prints the body as the service sent it, whatever it is. Nothing but paths below the provider’s API URL is called, and no redirect is followed. The account’s credential goes with it: a token, which is renewed when it is over; a signature of OAuth 1.0a; an API key; or a user name and password.

If the API refuses the call its answer is printed all the same, and the exit code is 8.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> GET user/repos -q per_page=5 --provider github',
    '<%= config.bin %> <%= command.id %> POST statuses/update.json --form status=hello \\\n  --provider twitter --as subject:slack:U02AB',
    '<%= config.bin %> <%= command.id %> GET me/api/json --provider jenkins --as subject:slack:U02AB',
    "<%= config.bin %> <%= command.id %> PUT items/1 -b @item.csv -H 'content-type: text/csv' \\\n  --provider example",
  ]

  static override args = {
    method: Args.string({
      required: true,
      parse: (text) => Promise.resolve(text.toUpperCase()),
      description: 'GET, POST, PUT, PATCH, DELETE, HEAD or another.',
    }),
    path: Args.string({required: true, description: 'What to call below the API URL, such as users/me?fields=id.'}),
  }
  static override flags = {
    provider: Flags.string({
      helpValue: 'NAME',
      summary: 'Whose API to call. Default: that of the account that acts.',
    }),
    as: Flags.string({
      helpValue: 'ACCOUNT',
      summary: 'On whose behalf. Default: whom BEHALF_AS names, else the nearest .behalf.json, else the owner.',
    }),
    query: helixFlags.query,
    body: Flags.string({
      char: 'b',
      helpValue: 'DATA|@FILE|-',
      summary: 'What to send: as it is, from a file, or from stdin. JSON, unless a header says what it is.',
    }),
    form: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      exclusive: ['body'],
      helpValue: 'NAME=VALUE',
      summary: 'A field of a form to send. Repeat it for more.',
    }),
    header: Flags.string({
      char: 'H',
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'NAME: VALUE',
      summary: 'A header to send, such as accept; none that says who calls. Repeat it for more.',
    }),
    include: helixFlags.include,
  }

  async run() {
    const {args, flags} = await this.parse(Api)
    await this.callApi({...args, flags})
  }
}
