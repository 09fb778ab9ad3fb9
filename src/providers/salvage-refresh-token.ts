import {Secret} from '../model/secret.js'
import {readJsonAnswer} from './json-answer.js'
import {isTokenText} from './token-answer.js'

const MEMBER = /"refresh_token"\s*:\s*("(?:[^"\\\p{Cc}]|\\.)*")?/gu

/**
 * The refresh token in an answer whose rest is unusable: cut off, garbled, or without an access token.
 * Only a whole string counts, and only if there is no other: half a token, or the wrong one of two,
 * would take the place of one that may still work.
 * Inside of a string the quotes of a member's name would be escaped, so that one is not mistaken for a member.
 */
export function salvageRefreshToken(body: string): Secret | undefined {
  const answer = readJsonAnswer({status: 200, body})
  const candidates = answer === undefined ? findMembers(body) : [answer.body.refresh_token]
  const [first] = candidates
  return isTokenText(first) && candidates.every((candidate) => candidate === first) ? new Secret(first) : undefined
}

/** The values of all members of that name; undefined for one that is not a whole string. */
function findMembers(text: string): unknown[] {
  return [...text.matchAll(MEMBER)].map(([, quoted]) => {
    try {
      return quoted === undefined ? undefined : (JSON.parse(quoted) as unknown)
    } catch {
      return undefined
    }
  })
}
