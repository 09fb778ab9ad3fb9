import type {LibraryBroker} from '../compose-library.js'
import type {Voice} from './voice.js'

/** A page of a flow, or 404. Never rejects: what went wrong inside is the operator's to know. */
export async function answerPage(broker: LibraryBroker, voice: Voice, request: Request): Promise<Response> {
  try {
    return (await broker.answerPage(request)) ?? plain(404, 'There is no such page.')
  } catch (error) {
    voice.error(`A page could not be answered: ${error instanceof Error ? error.message : String(error)}`)
    return plain(500, 'Something went wrong here.')
  }
}

const plain = (status: number, text: string): Response =>
  new Response(`${text}\n`, {
    status,
    headers: {
      'Content-Type': 'text/plain; charset=utf-8',
      'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
    },
  })
