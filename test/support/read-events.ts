import {once} from 'node:events'
import {get, type IncomingHttpHeaders, type IncomingMessage} from 'node:http'

/** A reader of server-sent events (HTML, 9.2.6), and all that came. */
export interface EventReader {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly events: readonly {event: string; id: string; data: string}[]
  /** The other side has ended it. */
  readonly isOver: boolean
  close(): void
}

export async function readEvents(url: string, headers: Record<string, string> = {}): Promise<EventReader> {
  const request = get(url, {headers, agent: false})
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  let text = ''
  let isOver = false
  response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  response.on('close', () => (isOver = true)).on('error', () => undefined)
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    get text() {
      return text
    },
    get events() {
      return text.split('\n\n').slice(0, -1).filter(isEvent).map(readEvent)
    },
    get isOver() {
      return isOver
    },
    close: () => request.destroy(),
  }
}

const isEvent = (block: string): boolean => /^data:/m.test(block)

function readEvent(block: string): {event: string; id: string; data: string} {
  const valuesOf = (field: string): string[] =>
    block
      .split('\n')
      .filter((line) => line.startsWith(`${field}: `))
      .map((line) => line.slice(field.length + 2))
  return {
    event: valuesOf('event')[0] ?? 'message',
    id: valuesOf('id')[0] ?? '',
    data: valuesOf('data').join('\n'),
  }
}
