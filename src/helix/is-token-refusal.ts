/** Facts 3.2: `Invalid OAuth token` alone means expired, revoked or wrong; no scope, user or client is meant. */
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
