import type {CallerInput} from '../broker/authorize-caller.js'

/** Who wants to act as an account says so in one of these. */
const ACT_AS_HEADERS = ['x-behalf-of', 'x-tau-on-behalf-of'] as const

/** What a request says of who makes it: `request.headersDistinct` of `node:http`, where nothing has been joined. */
export function readCallerHeaders(headers: NodeJS.Dict<string[]>): CallerInput {
  return {
    authorization: headers.authorization ?? [],
    actAs: ACT_AS_HEADERS.map((name) => headers[name] ?? []),
  }
}
