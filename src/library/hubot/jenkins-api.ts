import {z} from 'zod'

import {callService, readJson} from './call-service.js'
import {ServiceRefusal, type Turn} from './service.js'

export const JENKINS = 'jenkins'

/** Reads JSON below Jenkins' URL. @param tree only these members. @throws ServiceRefusal */
export async function readJenkins<T>(turn: Turn, path: string, tree: string, schema: z.ZodType<T>): Promise<T> {
  const response = await callService(turn, JENKINS, `${path}/api/json?${new URLSearchParams({tree}).toString()}`)
  if (!response.ok) throw await refusalOf(response)
  const {success, data} = schema.safeParse(await readJson(response))
  if (!success) throw new ServiceRefusal(response.status, 'something that I do not understand')
  return data
}

/**
 * Sends a form. Where Jenkins wants a crumb, it gets one among the parameters. It needs none from those who come with an
 * API token (since 2.96); from those with a password one that goes by a session (since 2.176.2), which we do not have.
 * @throws ServiceRefusal
 */
export async function postToJenkins(turn: Turn, path: string, form = new URLSearchParams()): Promise<void> {
  const send = (): Promise<Response> => callService(turn, JENKINS, path, {method: 'POST', body: form})
  let response = await send()
  if (await wantsCrumb(response)) {
    for (const [name, value] of await fetchCrumb(turn)) form.set(name, value)
    response = await send()
    if (await wantsCrumb(response)) {
      throw new ServiceRefusal(response.status, 'to build anything it takes an API token, not a password.')
    }
  }
  // A build that is queued is answered with 201; by old ones, and by some proxies, with where to look.
  if (!response.ok && response.status !== 302 && response.status !== 303) throw await refusalOf(response)
}

const wantsCrumb = async (response: Response): Promise<boolean> =>
  response.status === 403 && /crumb/i.test(await response.clone().text())

const crumbSchema = z.object({crumbRequestField: z.string(), crumb: z.string()})

/** The parameter by which Jenkins knows that no web page made someone's browser send this. */
async function fetchCrumb(turn: Turn): Promise<[string, string][]> {
  const response = await callService(turn, JENKINS, '/crumbIssuer/api/json')
  const {data} = crumbSchema.safeParse(await readJson(response))
  return data === undefined ? [] : [[data.crumbRequestField, data.crumb]]
}

/** Jenkins answers with pages: what is of use to people in a chat is their title. */
async function refusalOf(response: Response): Promise<ServiceRefusal> {
  const {status} = response
  if (status === 403) return new ServiceRefusal(status, 'you may not do that.')
  if (status === 404) return new ServiceRefusal(status, 'there is no such thing, or you may not see it.')
  const [, title] = /<title>\s*([^<]{1,200}?)\s*<\/title>/.exec((await response.text()).slice(0, 10_000)) ?? []
  return new ServiceRefusal(status, title ?? `status ${String(status)}`)
}
