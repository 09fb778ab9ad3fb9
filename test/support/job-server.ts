import {once} from 'node:events'
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {text} from 'node:stream/consumers'

/** What Jenkins' log would say: who did what. */
export interface JenkinsCall {
  user: string
  method: string
  /** Below Jenkins' URL, with its query. */
  path: string
  /** A form, as pairs. */
  form: [string, string][]
}

export interface JenkinsJob {
  /** With folders in front: `tools/deploy`. */
  name: string
  color: string
  description?: string
  /** Names of parameters and their defaults. */
  parameters?: Record<string, string>
  /** Who may see it. Default: everyone. */
  seenBy?: string[]
  /** Who may build it. Default: who sees it. */
  builtBy?: string[]
  lastBuild?: {number: number; result: string | null; timestamp: number; building: boolean}
}

/** A Jenkins with what `jenkins-server.ts` has not: a path of its own, folders, crumbs, and what each user may see and build. */
export interface JobServer {
  readonly origin: string
  /** Jenkins' URL, which has a path of its own. */
  readonly url: string
  /** User names, and their API tokens or passwords; may be changed at any time. */
  users: Record<string, string>
  jobs: JenkinsJob[]
  /** A POST needs a crumb. `session`: and the cookie of the session it was given to. */
  crumbs: 'none' | 'plain' | 'session'
  /** Of users, in their order; those that were not let in are not among them. */
  readonly calls: JenkinsCall[]
  /** How many requests were answered with 401. */
  readonly turnedAway: {count: number}
  stop(): Promise<void>
}

const CRUMB = 'made-up-crumb'
const COOKIE = 'JSESSIONID=made-up-session'

export async function startJobServer(given: Partial<Pick<JobServer, 'users' | 'jobs'>> = {}): Promise<JobServer> {
  const server = createServer((request, response) => void answer(running, request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
  const running: JobServer = {
    origin,
    url: `${origin}/ci`,
    users: {},
    jobs: [],
    crumbs: 'none',
    ...given,
    calls: [],
    turnedAway: {count: 0},
    async stop() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
  return running
}

async function answer(jenkins: JobServer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const {method = '', headers} = request
  const url = new URL(request.url ?? '', jenkins.origin)
  const form = [...new URLSearchParams(await text(request))]
  const user = readUser(jenkins, headers.authorization)
  if (user === undefined) {
    jenkins.turnedAway.count += 1
    sendPage(response, 401, 'Unauthorized')
    return
  }
  const path = url.pathname.replace(/^\/ci/, '')
  jenkins.calls.push({user, method, path: path + url.search, form})
  if (path === '/me/api/json') sendJson(response, {id: user, fullName: user.toUpperCase()})
  else if (path === '/whoAmI/api/json') sendJson(response, {name: user, authenticated: true, anonymous: false})
  else if (path === '/crumbIssuer/api/json') {
    response.setHeader('set-cookie', `${COOKIE}; Path=/ci; HttpOnly`)
    sendJson(response, {crumbRequestField: 'Jenkins-Crumb', crumb: CRUMB})
  } else if (method === 'POST' && !hasCrumb(jenkins, request, form)) {
    sendPage(response, 403, 'Error 403 No valid crumb was included in the request')
  } else answerJob(jenkins, response, {user, method, path, form: form.filter(([name]) => name !== 'Jenkins-Crumb')})
}

/** RFC 7617 2. */
function readUser({users}: JobServer, authorization = ''): string | undefined {
  const [, encoded = ''] = /^Basic (\S+)$/i.exec(authorization) ?? []
  const [, name = '', password = ''] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString('utf8')) ?? []
  return Object.hasOwn(users, name) && users[name] === password ? name : undefined
}

/** Jenkins looks for it in a header, then among the parameters. */
function hasCrumb({crumbs}: JobServer, {headers}: IncomingMessage, form: [string, string][]): boolean {
  if (crumbs === 'none') return true
  const crumb = headers['jenkins-crumb'] ?? new Map(form).get('Jenkins-Crumb')
  return crumb === CRUMB && (crumbs === 'plain' || headers.cookie === COOKIE)
}

function answerJob(jenkins: JobServer, response: ServerResponse, call: JenkinsCall): void {
  const {user, method, path, form} = call
  const [, names = '', what = ''] = /^((?:\/job\/[^/]+)*)\/(.*)$/.exec(path) ?? []
  const name = decodeURIComponent(names.split('/job/').slice(1).join('/'))
  const seen = jenkins.jobs.filter(({seenBy}) => seenBy?.includes(user) ?? true)
  const job = seen.find((one) => one.name === name)
  if (method === 'GET' && what === 'api/json' && !job) {
    const below = seen.filter((one) => name === '' || one.name.startsWith(`${name}/`))
    if (name !== '' && below.length === 0) sendPage(response, 404, 'Not Found')
    else sendJson(response, {jobs: listFolder(below, name === '' ? 0 : name.split('/').length)})
  } else if (!job) sendPage(response, 404, 'Not Found')
  else if (method === 'GET' && what === 'api/json') sendJson(response, describeJob(jenkins, job))
  else if (method === 'GET' && what === 'lastBuild/api/json' && job.lastBuild) {
    const title = `${job.name.replaceAll('/', ' » ')} #${String(job.lastBuild.number)}`
    const url = `${urlOf(jenkins, job)}${String(job.lastBuild.number)}/`
    sendJson(response, {...job.lastBuild, fullDisplayName: title, url, description: null})
  } else if (method === 'POST' && /^build(?:WithParameters)?$/.test(what)) {
    const wantsParameters = job.parameters !== undefined
    if (!(job.builtBy?.includes(user) ?? true)) sendPage(response, 403, `${user} is missing the Job/Build permission`)
    else if (wantsParameters !== (what === 'buildWithParameters')) sendPage(response, 400, 'Nothing is submitted')
    else if (form.some(([one]) => !Object.hasOwn(job.parameters ?? {}, one))) sendPage(response, 500, 'Oops')
    else response.writeHead(201, {location: `${jenkins.url}/queue/item/1/`}).end()
  } else sendPage(response, 404, 'Not Found')
}

/** What is `depth` folders down, each once. Folders have no colour. */
function listFolder(jobs: JenkinsJob[], depth: number): {name: string; color?: string}[] {
  const listed = jobs.map(({name, color}) => {
    const parts = name.split('/')
    return {name: parts[depth] ?? '', ...(parts.length === depth + 1 && {color})}
  })
  return listed.filter(({name}, at) => listed.findIndex((one) => one.name === name) === at)
}

const urlOf = ({url}: JobServer, {name}: JenkinsJob): string => `${url}/job/${name.split('/').join('/job/')}/`

const describeJob = (jenkins: JobServer, job: JenkinsJob): object => ({
  displayName: job.name.split('/').at(-1),
  url: urlOf(jenkins, job),
  description: job.description ?? '',
  buildable: true,
  color: job.color,
  healthReport: [{description: 'Build stability: No recent builds failed.'}],
  lastBuild: job.lastBuild ?? null,
  property: job.parameters
    ? [
        {},
        {
          parameterDefinitions: Object.entries(job.parameters).map(([name, value]) => ({
            name,
            description: '',
            defaultParameterValue: {value},
          })),
        },
      ]
    : [],
})

function sendJson(response: ServerResponse, body: unknown): void {
  response.writeHead(200, {'content-type': 'application/json'}).end(JSON.stringify(body))
}

function sendPage(response: ServerResponse, status: number, title: string): void {
  const page = `<html><head><title>${title}</title></head><body><h2>HTTP ERROR ${String(status)}</h2></body></html>`
  response.writeHead(status, {'content-type': 'text/html;charset=utf-8'}).end(page)
}
