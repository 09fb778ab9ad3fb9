/**
 * Whether Twitch refused the *token* (design 7, rule 7). Facts 3.2: `Invalid OAuth token` alone means expired, revoked or
 * wrong; no scope, user or client is meant.
 */
export function isTokenRefusal(status: number, body: string): boolean {
  if (status !== 401) return false
  try {
    const answer: unknown = JSON.parse(body)
    const message = typeof answer === 'object' && answer !== null && 'message' in answer ? answer.message : undefined
    return typeof message === 'string' && message.toLowerCase() === 'invalid oauth token'
  } catch {
    return false
  }
}

/**
 * Whether the challenge of a 401 is about the token: it may name another error than `invalid_token` (RFC 6750 3.1); what
 * names none is (RFC 9110 15.5.2).
 */
export function isTokenChallenged(challenge: string | undefined): boolean {
  const error = /\berror\s*=\s*"?([^",\s]+)/i.exec(challenge ?? '')?.[1]
  return error === undefined || error.toLowerCase() === 'invalid_token'
}
