import {Flags} from '@oclif/core'

import {BaseCommand} from '../../cli/base-command.js'
import {importFlags, importInputOf} from '../../cli/import-flags.js'
import {copyNote, importJson, importSuccess} from '../../cli/present-import.js'
import {askOrReadSecret} from '../../cli/read-input.js'

export default class ImportRefreshToken extends BaseCommand {
  static override summary = 'Take over an authorization from its refresh token, on stdin.'
  static override description = `The token must have been granted to the client that the provider is set up with. It is used once, to know that it works and whose it is; where the provider gives a new one for it, the copy it came from works no more. At a terminal the token is asked for.

Running the same import again is safe: it goes on where one ended early, and does nothing after one that has succeeded.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> --provider github',
    {
      description: 'From a password manager',
      command:
        'pass show droid/refresh-token | <%= config.bin %> <%= command.id %> --provider twitch --role bot --expect techydrroid',
    },
  ]

  static override flags = {
    provider: Flags.string({required: true, helpValue: 'NAME', summary: 'Who granted it; see `behalf provider list`.'}),
    ...importFlags,
  }

  async run() {
    const {flags} = await this.parse(ImportRefreshToken)
    const refreshToken = await askOrReadSecret(this.surroundings, 'Refresh token:', this.stopSignal)
    const behalf = await this.openBehalf(flags)
    const input = {...importInputOf(flags), provider: flags.provider, refreshToken, scopes: []}
    const result = await behalf.importAccount(input)
    this.succeed(importSuccess(result))
    this.advise(copyNote(result, 'The copy that was imported'))
    return importJson(result)
  }
}
