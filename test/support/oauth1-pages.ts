import type {ServerResponse} from 'node:http'

/** The page on which a person decides. */
export function decisionForm(query: URLSearchParams): string {
  const token = (query.get('oauth_token') ?? '').replaceAll(/[^\w-]/g, '')
  return `<h1>Authorize the made-up application?</h1><form method="post" action="/oauth/authorize">
<input type="hidden" name="oauth_token" value="${token}"><label>You are <input name="person"></label>
<button name="decision" value="approve">Authorize app</button><button name="decision" value="deny">Cancel</button></form>`
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, {'content-type': 'application/json'}).end(JSON.stringify(body))
}

export function sendForm(response: ServerResponse, fields: Record<string, string>): void {
  response.writeHead(200, {'content-type': 'text/html'}).end(new URLSearchParams(fields).toString())
}

export function sendPage(response: ServerResponse, body: string): void {
  response.writeHead(200, {'content-type': 'text/html'}).end(`<!doctype html><title>Made up</title>${body}`)
}
