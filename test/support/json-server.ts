import {once} from 'node:events'
import {createServer, type IncomingHttpHeaders} from 'node:http'
import type {AddressInfo} from 'node:net'
import {text} from 'node:stream/consumers'

export interface ReceivedRequest {
  method: string
  /** Path and query. */
  path: string
  headers: IncomingHttpHeaders
  body: string
}

export interface JsonAnswerOfServer {
  status?: number
  /** An object is sent as JSON, a text as it is. */
  body?: unknown
  headers?: Record<string, string>
}

/** A server on loopback that answers by `METHOD /path` and remembers what it was sent. Unknown paths get 404. */
export interface JsonServer {
  readonly origin: string
  readonly requests: ReceivedRequest[]
  /** What is answered; may be changed at any time. */
  answers: Record<string, JsonAnswerOfServer>
  stop(): Promise<void>
}

export async function startJsonServer(answers: JsonServer['answers'] = {}): Promise<JsonServer> {
  const requests: ReceivedRequest[] = []
  const server = createServer((request, response) => {
    void (async () => {
      const {method = '', url: path = '', headers} = request
      requests.push({method, path, headers, body: await text(request)})
      const answer = running.answers[`${method} ${path}`] ?? {status: 404, body: 'page not found'}
      const {status = 200, body = '', headers: own} = answer
      response.writeHead(status, {'content-type': typeof body === 'string' ? 'text/plain' : 'application/json', ...own})
      response.end(typeof body === 'string' ? body : JSON.stringify(body))
    })()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const running: JsonServer = {
    origin: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    requests,
    answers,
    async stop() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
  return running
}
