import {z} from 'zod'

import {callAs, readJson} from './call-service.js'
import {ServiceRefusal, type Turn} from './service.js'

export const JENKINS = 'jenkins'

/** Reads JSON below Jenkins' URL. @param tree only these members. @throws ServiceRefusal */
export async function readJenkins<T>(turn: Turn, path: string, tree: string, schema: z.ZodType<T>): Promise<T> {
  const response = await callAs(turn, JENKINS, `${path}/api/json?${new URLSearchParams({tree}).toString()}`)
  if (!response.ok) throw await refusalOf(response)
  const {success, data} = schema.safeParse(await readJson(response))
  if (!success) throw new ServiceRefusal(response.status, 'something that I do not understand')
  return data
}

/**
 * Sends a form. Jenkins wants a crumb, which goes by a session, from those who come with a password; an API token needs
 * none.
 * @throws ServiceRefusal
 */
export async function postToJenkins(turn: Turn, path: string, form?: URLSearchParams): Promise<void> {
  const send = (headers: Record<string, string>): Promise<Response> =>
    callAs(turn, JENKINS, path, {method: 'POST', headers, body: form ?? new URLSearchParams()})
  let response = await send({})
  if (response.status === 403 && /crumb/i.test(await response.clone().text())) {
    const crumb = await fetchCrumb(turn)
    if (crumb !== undefined) response = await send(crumb)
  }
  // A build that is queued is answered with 201; by Jenkins before 1.519, and by some proxies, with where to look.
  if (!response.ok && response.status !== 302 && response.status !== 303) throw await refusalOf(response)
}

const crumbSchema = z.object({crumbRequestField: z.string().regex(/^[A-Za-z0-9.-]{1,100}$/), crumb: z.string()})

/** The headers by which Jenkins knows that no web page made the browser of someone send this. */
async function fetchCrumb(turn: Turn): Promise<Record<string, string> | undefined> {
  const response = await callAs(turn, JENKINS, '/crumbIssuer/api/json')
  const {data} = crumbSchema.safeParse(await readJson(response))
  if (data === undefined) return undefined
  const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(';', 1)[0] ?? '')
  return {[data.crumbRequestField]: data.crumb, ...(cookies.length > 0 && {Cookie: cookies.join('; ')})}
}

/** Jenkins answers with pages: what is of use to people in a chat is their title. */
async function refusalOf(response: Response): Promise<ServiceRefusal> {
  const {status} = response
  if (status === 403) return new ServiceRefusal(status, 'you may not do that.')
  if (status === 404) return new ServiceRefusal(status, 'there is no such thing, or you may not see it.')
  const [, title] = /<title>\s*([^<]{1,200}?)\s*<\/title>/.exec((await response.text()).slice(0, 10_000)) ?? []
  return new ServiceRefusal(status, title ?? `status ${String(status)}`)
}
