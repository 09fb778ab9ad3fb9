import {once} from 'node:events'
import {createServer, type IncomingMessage} from 'node:http'
import type {AddressInfo} from 'node:net'
import {text} from 'node:stream/consumers'

/** Who called what, as the log of the service has it. */
export interface JenkinsCall {
  /** `anonymous` where nobody had signed in. */
  user: string
  method: string
  /** Path and query. */
  path: string
  /** The parameters of a build. */
  parameters: Record<string, string>
  status: number
}

export interface JenkinsJob {
  name: string
  /** What is asked for before it is built. */
  parameters: {name: string; default: string}[]
  description: string
  /** The numbers of its builds; the last one is the latest. */
  builds: {number: number; startedBy: string; result: 'SUCCESS' | 'FAILURE'}[]
}

/** A continuous-integration server, as far as signing in with a user's API token and building jobs goes. */
export interface JenkinsServer {
  readonly origin: string
  /** By login name. */
  readonly users: Map<string, {token: string; fullName: string}>
  readonly jobs: Map<string, JenkinsJob>
  readonly calls: JenkinsCall[]
  /** Where these are set, whoever changes anything sends one of the codes in the header; each counts once. */
  oneTimeCodes: {header: string; codes: Set<string>} | undefined
  stop(): Promise<void>
}

interface Answer {
  status: number
  body?: unknown
  headers?: Record<string, string>
}

export async function startJenkinsServer(): Promise<JenkinsServer> {
  const server = createServer((request, response) => {
    void (async () => {
      const parameters = Object.fromEntries(new URLSearchParams(await text(request)))
      const user = signIn(jenkins.users, request)
      const answer = user === undefined ? REFUSED : respond(jenkins, {request, user, parameters})
      const {method = '', url: path = ''} = request
      jenkins.calls.push({user: user ?? 'refused', method, path, parameters, status: answer.status})
      response.writeHead(answer.status, {'content-type': 'application/json;charset=utf-8', ...answer.headers})
      response.end(answer.body === undefined ? undefined : JSON.stringify(answer.body))
    })()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const jenkins: JenkinsServer = {
    origin: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    users: new Map([
      ['vera', {token: 'made-up-token-of-vera', fullName: 'Vera Viewer'}],
      ['sam', {token: 'made-up-token-of-sam', fullName: 'Sam Streamer'}],
    ]),
    jobs: new Map(
      ['deploy', 'tests'].map((name) => [
        name,
        {name, parameters: [{name: 'BRANCH', default: 'main'}], description: `Runs ${name}`, builds: []},
      ]),
    ),
    calls: [],
    oneTimeCodes: undefined,
    async stop() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
  return jenkins
}

const REFUSED: Answer = {status: 401, headers: {'www-authenticate': 'Basic realm="Jenkins"'}}
const FORBIDDEN: Answer = {status: 403, body: {message: 'anonymous is missing a permission'}}
const NOT_FOUND: Answer = {status: 404}
const ANONYMOUS = 'anonymous'

/** Undefined for credentials that are wrong; nobody has to have any. */
function signIn(users: JenkinsServer['users'], {headers}: IncomingMessage): string | undefined {
  if (headers.authorization === undefined) return ANONYMOUS
  const [, encoded = ''] = /^Basic (.+)$/.exec(headers.authorization) ?? []
  const [name = '', ...password] = Buffer.from(encoded, 'base64').toString('utf8').split(':')
  return users.get(name)?.token === password.join(':') && password.length > 0 ? name : undefined
}

interface Asked {
  request: IncomingMessage
  user: string
  parameters: Record<string, string>
}

function respond(jenkins: JenkinsServer, asked: Asked): Answer {
  const {request, user} = asked
  const {pathname} = new URL(request.url ?? '', jenkins.origin)
  if (pathname === '/whoAmI/api/json') {
    const isAnonymous = user === ANONYMOUS
    return {status: 200, body: {anonymous: isAnonymous, authenticated: !isAnonymous, name: user}}
  }
  if (user === ANONYMOUS) return FORBIDDEN
  if (pathname === '/me/api/json') {
    return {status: 200, body: {id: user, fullName: jenkins.users.get(user)?.fullName}}
  }
  if (request.method === 'POST' && !hasCode(jenkins, request)) {
    return {status: 401, body: {message: 'A one-time code is needed'}, headers: {'x-otp': 'required'}}
  }
  return pathname === '/api/json' ? listJobs(jenkins) : respondOfJob(jenkins, pathname, asked)
}

function hasCode({oneTimeCodes}: JenkinsServer, {headers}: IncomingMessage): boolean {
  if (oneTimeCodes === undefined) return true
  const code = headers[oneTimeCodes.header.toLowerCase()]
  return typeof code === 'string' && oneTimeCodes.codes.delete(code)
}

function listJobs({jobs, origin}: JenkinsServer): Answer {
  const list = Array.from(jobs.values(), ({name, builds}) => ({
    name,
    url: `${origin}/job/${encodeURIComponent(name)}/`,
    color: builds.at(-1)?.result === 'FAILURE' ? 'red' : 'blue',
  }))
  return {status: 200, body: {jobs: list}}
}

function respondOfJob(jenkins: JenkinsServer, pathname: string, {request, user, parameters}: Asked): Answer {
  const [, name = '', what = ''] = /^\/job\/([^/]+)\/(.*)$/.exec(pathname) ?? []
  const job = jenkins.jobs.get(decodeURIComponent(name))
  if (job === undefined) return NOT_FOUND
  const last = job.builds.at(-1)
  const describeBuild = (build: JenkinsJob['builds'][number]) => ({
    ...build,
    url: `${jenkins.origin}/job/${name}/${String(build.number)}/`,
    building: false,
    actions: [{causes: [{userId: build.startedBy, shortDescription: `Started by user ${build.startedBy}`}]}],
  })
  switch (`${request.method ?? ''} ${what}`) {
    case 'GET api/json':
      return {
        status: 200,
        body: {
          name: job.name,
          displayName: job.name,
          description: job.description,
          buildable: true,
          property: [
            {
              parameterDefinitions: job.parameters.map((one) => ({
                name: one.name,
                defaultParameterValue: {value: one.default},
              })),
            },
          ],
          builds: job.builds.map(describeBuild),
          lastBuild: last === undefined ? null : describeBuild(last),
        },
      }
    case 'GET lastBuild/api/json':
      return last === undefined ? NOT_FOUND : {status: 200, body: describeBuild(last)}
    case 'POST build':
    case 'POST buildWithParameters': {
      const unknown = Object.keys(parameters).filter((key) => !job.parameters.some((one) => one.name === key))
      if (unknown.length > 0) return {status: 400, body: {message: `no parameter ${unknown.join()}`}}
      job.builds.push({number: (last?.number ?? 0) + 1, startedBy: user, result: 'SUCCESS'})
      return {status: 201, headers: {location: `${jenkins.origin}/queue/item/${String(job.builds.length)}/`}}
    }
    default:
      return NOT_FOUND
  }
}
