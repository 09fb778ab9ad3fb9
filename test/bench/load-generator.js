// Sends the same GET again and again, on so many connections, and prints how long that took as JSON.
// node load-generator.js URL CONNECTIONS COUNT, with the headers as JSON on stdin.
// It shares the processors with what it measures, so it is no HTTP client: it costs a third of one with undici.
import {connect} from 'node:net'
import {performance} from 'node:perf_hooks'
import {text} from 'node:stream/consumers'
import {URL} from 'node:url'

const [url, connections, count] = process.argv.slice(2)
const {host, hostname, port, pathname, search} = new URL(url)
const headers = Object.entries({host, ...JSON.parse(await text(process.stdin))})
const lines = [`GET ${pathname}${search} HTTP/1.1`, ...headers.map(([name, value]) => `${name}: ${value}`)]
const request = `${lines.join('\r\n')}\r\n\r\n`
const times = new Float64Array(Number(count))
let sent = 0

/** The length of an answer whose head has come; it must have gone well, and say how long it is. */
function measureAnswer(head) {
  const end = head.indexOf('\r\n\r\n')
  if (end < 0) return Infinity
  const length = /\r\ncontent-length: (\d+)\r\n/i.exec(head)?.[1]
  if (!head.startsWith('HTTP/1.1 200 ') || length === undefined) throw new Error(`The answer was ${head}`)
  return end + 4 + Number(length)
}

/** One request after the other; resolves when all have been sent and those of this connection answered. */
const sendInTurn = () =>
  new Promise((resolve, reject) => {
    const socket = connect({port: Number(port), host: hostname, noDelay: true})
    socket.setEncoding('latin1')
    let place = 0
    let startedMs = 0
    let answer = ''
    function send() {
      if (sent === times.length) {
        socket.destroy()
        resolve()
        return
      }
      place = sent++
      answer = ''
      startedMs = performance.now()
      socket.write(request, 'latin1')
    }
    socket.once('connect', send)
    socket.on('error', reject)
    socket.on('end', () => reject(new Error('The connection was closed')))
    socket.on('data', (piece) => {
      answer += piece
      if (answer.length < measureAnswer(answer)) return
      times[place] = performance.now() - startedMs
      send()
    })
  })

const startedMs = performance.now()
await Promise.all(Array.from({length: Number(connections)}, sendInTurn))
const elapsedMs = performance.now() - startedMs
times.sort()
const result = {perSecond: (times.length / elapsedMs) * 1000, medianMs: times[times.length >> 1]}
process.stdout.write(`${JSON.stringify(result)}\n`)
