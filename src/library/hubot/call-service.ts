import type {Turn} from './service.js'

/** Calls a service as the person whose turn it is. @throws BehalfError `account-not-found`, `login-needed`, `unavailable`. */
export const callService = (turn: Turn, provider: string, path: string, init?: RequestInit): Promise<Response> =>
  turn.behalf.fetch(`${provider}/subject:${turn.subject}`, path, init)

/** Undefined for what is no JSON. */
export async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json()
  } catch {
    return undefined
  }
}
