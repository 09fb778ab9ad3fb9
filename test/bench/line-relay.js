// What the gateway is measured by: bytes passed on both ways, and nothing looked at. Prints its port.
// node line-relay.js UPSTREAM-PORT
import {connect, createServer} from 'node:net'

const [upstreamPort] = process.argv.slice(2)
const server = createServer({noDelay: true}, (socket) => {
  const upstream = connect({port: Number(upstreamPort), host: '127.0.0.1', noDelay: true})
  socket.pipe(upstream).pipe(socket)
  for (const end of [socket, upstream]) {
    end.on('error', () => undefined)
    end.on('close', () => {
      socket.destroy()
      upstream.destroy()
    })
  }
})
server.listen({port: 0, host: '127.0.0.1', backlog: 1024}, () => {
  process.stdout.write(`${String(server.address().port)}\n`)
})
