import {once} from 'node:events'
import {createServer, type IncomingMessage} from 'node:http'
import type {AddressInfo} from 'node:net'

/** Who called what, as the log of the service has it. */
export interface JenkinsCall {
  /** `anonymous` where nobody had signed in, `refused` where somebody tried to. */
  user: string
  method: string
  /** Path and query. */
  path: string
  status: number
}

/** Signs people in as Jenkins does: a user name and their API token, or nobody at all. */
export interface JenkinsServer {
  readonly origin: string
  /** Tokens by user name. */
  readonly users: Map<string, string>
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

const ANONYMOUS = 'anonymous'
const REFUSED: Answer = {status: 401, headers: {'www-authenticate': 'Basic realm="Jenkins"'}}

export async function startJenkinsServer(): Promise<JenkinsServer> {
  const server = createServer((request, response) => {
    const user = signIn(jenkins.users, request)
    const answer = user === undefined ? REFUSED : respond(jenkins, request, user)
    const {method = '', url: path = ''} = request
    jenkins.calls.push({user: user ?? 'refused', method, path, status: answer.status})
    request.resume()
    response.writeHead(answer.status, {'content-type': 'application/json;charset=utf-8', ...answer.headers})
    response.end(answer.body === undefined ? undefined : JSON.stringify(answer.body))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const jenkins: JenkinsServer = {
    origin: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    users: new Map(['vera', 'sam'].map((name) => [name, `made-up-token-of-${name}`])),
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

/** Undefined for credentials that are wrong; nobody has to have any. */
function signIn(users: JenkinsServer['users'], {headers}: IncomingMessage): string | undefined {
  if (headers.authorization === undefined) return ANONYMOUS
  const [, encoded = ''] = /^Basic (.+)$/.exec(headers.authorization) ?? []
  const [, name = '', token] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString('utf8')) ?? []
  return token !== undefined && users.get(name) === token ? name : undefined
}

function respond(jenkins: JenkinsServer, request: IncomingMessage, user: string): Answer {
  const isAnonymous = user === ANONYMOUS
  if (request.url === '/whoAmI/api/json') {
    return {status: 200, body: {anonymous: isAnonymous, authenticated: !isAnonymous, name: user}}
  }
  if (isAnonymous) return {status: 403, body: {message: 'anonymous is missing a permission'}}
  if (request.url === '/me/api/json') return {status: 200, body: {id: user, fullName: `The person ${user}`}}
  if (request.method === 'GET' || takesCode(jenkins, request)) return {status: 200, body: {doneBy: user}}
  return {status: 401, body: {message: 'A one-time code is needed'}}
}

function takesCode({oneTimeCodes}: JenkinsServer, {headers}: IncomingMessage): boolean {
  if (oneTimeCodes === undefined) return true
  const code = headers[oneTimeCodes.header.toLowerCase()]
  return typeof code === 'string' && oneTimeCodes.codes.delete(code)
}
