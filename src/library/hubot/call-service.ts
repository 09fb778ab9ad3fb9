import type {Turn} from './service.js'

/** What a service answered, all of it. */
export interface ServiceAnswer {
  status: number
  isOk: boolean
  text: string
}

/** Calls a service as the person whose turn it is. @throws BehalfError `account-not-found`, `login-needed`, `unavailable`. */
export async function callService(
  turn: Turn,
  provider: string,
  path: string,
  init?: RequestInit,
): Promise<ServiceAnswer> {
  const response = await turn.behalf.fetch(`${provider}/subject:${turn.subject}`, path, init)
  return {status: response.status, isOk: response.ok, text: await response.text()}
}

/** Undefined for what is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
