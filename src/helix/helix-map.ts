import {findEndpoint} from './catalogue.js'
import {chooseScope, findMissingScopes} from './endpoint-scopes.js'
import {explainFailure} from './explain-failure.js'
import {fillActingUser} from './fill-acting-user.js'
import {encodeQuery} from './helix-client.js'
import {parseHelixPath} from './helix-path.js'

/** What is known of the Twitch API without calling it, as the broker asks for it. */
export const helixMap = {
  parsePath: parseHelixPath,
  encodeQuery,
  findEndpoint,
  findMissingScopes,
  chooseScope,
  fillActingUser,
  explainFailure,
}
