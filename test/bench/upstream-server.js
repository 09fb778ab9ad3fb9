// The API behind every proxy that is measured: a small answer with the headers of Helix. Prints its port.
import {Buffer} from 'node:buffer'
import {createServer} from 'node:http'

const body = JSON.stringify({
  data: [{id: '2002', login: 'techydrroid', display_name: 'TechyDrroid', type: '', broadcaster_type: 'affiliate'}],
})
const headers = {
  'Content-Type': 'application/json; charset=utf-8',
  'Content-Length': Buffer.byteLength(body),
  'Ratelimit-Limit': '800',
  'Ratelimit-Remaining': '799',
  'Ratelimit-Reset': '1800000000',
}

const server = createServer((request, response) => {
  request.resume()
  response.writeHead(200, headers)
  response.end(body)
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${String(server.address().port)}\n`)
})
