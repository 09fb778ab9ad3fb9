import type {Secret} from '../../../model/secret.js'
import {quoteWord} from '../../../model/shell-words.js'
import type {Trial} from './plan-trial.js'

/**
 * The command that makes a call with a new API token, for any shell. The token goes through standard input: no list of
 * processes shows it.
 * Undefined where an account's name would break out of its line, as one of a store of before may.
 * @param origin where the daemon is, as the browser or the public URL has it.
 */
export function writeCurl(origin: string, trial: Trial, token: Secret): string | undefined {
  if (/\p{C}/u.test(`${trial.target}${trial.actAs ?? ''}`)) return undefined
  const words = ['curl', ...(trial.isEmpty ? ['-i'] : []), '-H', '@-', quoteWord(`${origin}${trial.target}`)]
  const headers = [
    `Authorization: Bearer ${token.reveal()}`,
    ...(trial.actAs === undefined ? [] : [`X-Behalf-Of: ${trial.actAs}`]),
  ]
  return [`${words.join(' ')} <<'END'`, ...headers, 'END'].join('\n')
}
