import type {JsonAnswer} from '../json-answer.js'

/** For those who are asked for scopes with spaces and answer with commas. */
export function withSpacedScopes(answer: JsonAnswer): JsonAnswer {
  const {scope} = answer.body
  return typeof scope === 'string' ? {...answer, body: {...answer.body, scope: scope.replaceAll(',', ' ')}} : answer
}
