import {z} from 'zod'

import {callService, parseJson, type ServiceAnswer} from './call-service.js'
import {ServiceRefusal, type Turn} from './service.js'

export const JENKINS = 'jenkins'

/** Reads JSON below Jenkins' URL. @param tree only these members. @throws ServiceRefusal */
export async function readJenkins<T>(turn: Turn, path: string, tree: string, schema: z.ZodType<T>): Promise<T> {
  const answer = await callService(turn, JENKINS, `${path}/api/json?${new URLSearchParams({tree}).toString()}`)
  if (!answer.isOk) throw refusalOf(answer)
  const {success, data} = schema.safeParse(parseJson(answer.text))
  if (!success) throw new ServiceRefusal(answer.status, 'something that I do not understand')
  return data
}

/**
 * Sends a form. Where Jenkins wants a crumb, it gets one among the parameters. It needs none from those who come with an
 * API token (since 2.96); from those with a password one that goes by a session (since 2.176.2), which we do not have.
 * @throws ServiceRefusal
 */
export async function postToJenkins(turn: Turn, path: string, form = new URLSearchParams()): Promise<void> {
  const send = (): Promise<ServiceAnswer> => callService(turn, JENKINS, path, {method: 'POST', body: form})
  let answer = await send()
  if (wantsCrumb(answer)) {
    for (const [name, value] of await fetchCrumb(turn)) form.set(name, value)
    answer = await send()
    if (wantsCrumb(answer)) {
      throw new ServiceRefusal(answer.status, 'to build anything it takes an API token, not a password.')
    }
  }
  // A build that is queued is answered with 201; by old ones, and by some proxies, with where to look.
  if (!answer.isOk && ![302, 303].includes(answer.status)) throw refusalOf(answer)
}

const wantsCrumb = ({status, text}: ServiceAnswer): boolean => status === 403 && /crumb/i.test(text)

const crumbSchema = z.object({crumbRequestField: z.string(), crumb: z.string()})

/** The parameter by which Jenkins knows that no web page made someone's browser send this. */
async function fetchCrumb(turn: Turn): Promise<[string, string][]> {
  const {text} = await callService(turn, JENKINS, '/crumbIssuer/api/json')
  const {data} = crumbSchema.safeParse(parseJson(text))
  return data === undefined ? [] : [[data.crumbRequestField, data.crumb]]
}

/** Jenkins answers with pages: what is of use to people in a chat is their title. */
function refusalOf({status, text}: ServiceAnswer): ServiceRefusal {
  if (status === 403) return new ServiceRefusal(status, 'you may not do that.')
  if (status === 404) return new ServiceRefusal(status, 'there is no such thing, or you may not see it.')
  const [, title] = /<title>\s*([^<]{1,200}?)\s*<\/title>/.exec(text.slice(0, 10_000)) ?? []
  return new ServiceRefusal(status, title ?? `status ${String(status)}`)
}
