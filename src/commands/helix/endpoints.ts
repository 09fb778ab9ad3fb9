import {Args, Flags} from '@oclif/core'

import {BaseCommand} from '../../cli/base-command.js'
import {endpointDetails} from '../../cli/endpoint-details.js'
import {endpointJson, endpointTable} from '../../cli/present-endpoint.js'
import {BehalfError} from '../../model/behalf-error.js'
import {HELIX_METHODS} from '../../model/helix-endpoint.js'
import {nearestNames} from '../../model/nearest-names.js'

export default class HelixEndpoints extends BaseCommand {
  static override summary = 'List what the Twitch API offers, and what each call needs.'
  static override description = `SCOPES are those of which the account needs one, and AS tells whose token is taken: an account's (user), the application's own (app) or either (any). \`helix\` commands know all this: they use the right token, name a scope that is missing, and fill in the id of the account that acts.

Every FILTER must stand somewhere in method, path, name, category, summary or scopes, in any case. A single endpoint, or a METHOD and a whole PATH, is shown in full, with a command to try. Where nothing fits nothing is printed, and the exit code is 0.

Needs no login and no network: this is the reference of August 2026. Endpoints that it does not list can be called all the same.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> chat',
    '<%= config.bin %> <%= command.id %> post chat/messages',
    '<%= config.bin %> <%= command.id %> --scope moderator:manage:banned_users',
    "<%= config.bin %> <%= command.id %> --token app --json | jq -r '.endpoints[].path'",
  ]

  static override strict = false
  static override args = {
    filter: Args.string({description: 'Only endpoints that mention this; more words for fewer endpoints.'}),
  }

  static override flags = {
    scope: Flags.string({helpValue: 'SCOPE', summary: 'Only endpoints that this permission is for.'}),
    method: Flags.string({
      helpValue: 'METHOD',
      parse: (text) => Promise.resolve(checkMethod(text)),
      summary: 'Only GET, POST, PUT, PATCH or DELETE.',
    }),
    token: Flags.option({
      options: ['user', 'app'] as const,
      summary: 'Only endpoints that take an account’s token, or the application’s.',
    })(),
  }

  async run() {
    const {argv, flags} = await this.parse(HelixEndpoints)
    const {searchEndpoints, twitchScopes} = await this.surroundings.loadVocabulary()
    const {scope, method, token} = flags
    const found = searchEndpoints({words: argv.map(String), scope, method, token})
    const {stdout} = this.surroundings
    const [first] = found
    if (!first) this.advise(`No endpoint fits.${suggestScope(scope, twitchScopes)}`)
    else this.log(found.length === 1 ? endpointDetails(first, stdout) : endpointTable(found, stdout))
    return {endpoints: found.map(endpointJson)}
  }
}

function checkMethod(text: string): string {
  if (HELIX_METHODS.some((method) => method === text.toUpperCase())) return text
  throw new BehalfError('usage', `“${text.slice(0, 80)}” is none of ${HELIX_METHODS.join(', ')}.`)
}

function suggestScope(scope: string | undefined, known: readonly string[]): string {
  const nearest = scope === undefined || known.includes(scope) ? [] : nearestNames(scope, known)
  return nearest.length === 0 ? '' : ` Did you mean --scope ${nearest.join(', ')}?`
}
