// The API behind every proxy that is measured: a small answer with the headers of Helix. Prints its port.
// It shares the processors with what is measured, so it is no HTTP server: whatever ends with an empty line is a GET.
import {Buffer} from 'node:buffer'
import {createServer} from 'node:net'

const body = JSON.stringify({
  data: [{id: '2002', login: 'techydrroid', display_name: 'TechyDrroid', type: '', broadcaster_type: 'affiliate'}],
})
const answer = [
  'HTTP/1.1 200 OK',
  'Content-Type: application/json; charset=utf-8',
  `Content-Length: ${String(Buffer.byteLength(body))}`,
  'Ratelimit-Limit: 800',
  'Ratelimit-Remaining: 799',
  'Ratelimit-Reset: 1800000000',
  `Date: ${new Date().toUTCString()}`,
  'Connection: keep-alive',
  'Keep-Alive: timeout=60',
  '',
  body,
].join('\r\n')

const server = createServer({noDelay: true}, (socket) => {
  let request = ''
  socket.setEncoding('latin1')
  socket.on('data', (piece) => {
    request += piece
    if (!request.endsWith('\r\n\r\n')) return
    request = ''
    socket.write(answer, 'latin1')
  })
  socket.on('error', () => socket.destroy())
})
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${String(server.address().port)}\n`)
})
