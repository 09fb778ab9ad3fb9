import type {ApiToken} from '../../model/api-token.js'
import {BehalfError} from '../../model/behalf-error.js'
import {mayServeSubject} from '../../model/subject-pattern.js'

/** @throws BehalfError `refused` for a chat user whom the API token may not act as at this provider. */
export function checkMayServe(apiToken: ApiToken, provider: string, subject: string): void {
  if (mayServeSubject(apiToken, {provider, subject})) return
  throw new BehalfError('refused', `The API token may not act as ${subject}.`, {
    hint: `Issue one that may: \`behalf token issue NAME --scope flow:start --as 'subject:${subject}'\`.`,
  })
}
