// Chat clients that log in and stay. Prints a line once all are in; then, for each number that comes on stdin, the
// median of so many messages of the first one, there and back, one after the other. Ends with stdin.
// node chat-clients.js PORT, with a first line of JSON on stdin: [nick, password] of each.
import {once} from 'node:events'
import {connect} from 'node:net'
import {performance} from 'node:perf_hooks'
import {createInterface} from 'node:readline'

/** Fewer than may be half open at a daemon. */
const TOGETHER = 100

const [port] = process.argv.slice(2)

async function logIn([nick, password]) {
  const socket = connect({port: Number(port), host: '127.0.0.1', noDelay: true})
  socket.setEncoding('utf8')
  socket.on('close', () => {
    throw new Error(`The connection of ${nick} was closed`)
  })
  await once(socket, 'connect')
  socket.write(`PASS oauth:${password}\r\nNICK ${nick}\r\n`)
  let welcome = ''
  while (!welcome.includes(' 376 ')) welcome += (await once(socket, 'data'))[0]
  return {nick, socket}
}

async function timeMessages({nick, socket}, count) {
  const times = new Float64Array(count)
  for (let place = 0; place < count; place += 1) {
    const mark = `:line ${String(place)} of a made-up conversation\r\n`
    const startedMs = performance.now()
    socket.write(`PRIVMSG #${nick} ${mark}`)
    let answer = ''
    while (!answer.endsWith(mark)) answer += (await once(socket, 'data'))[0]
    times[place] = performance.now() - startedMs
  }
  times.sort()
  return times[times.length >> 1]
}

const input = createInterface(process.stdin)[Symbol.asyncIterator]()
const logins = JSON.parse((await input.next()).value)
const clients = []
for (let at = 0; at < logins.length; at += TOGETHER) {
  clients.push(...(await Promise.all(logins.slice(at, at + TOGETHER).map(logIn))))
}
process.stdout.write(`${String(clients.length)}\n`)
for await (const count of input) process.stdout.write(`${String(await timeMessages(clients[0], Number(count)))}\n`)
process.exit()
