// Sends the same GET again and again, on so many connections, and prints how long that took as JSON.
// node load-generator.js URL CONNECTIONS COUNT, with the headers as JSON on stdin.
import {performance} from 'node:perf_hooks'
import {text} from 'node:stream/consumers'
import {URL} from 'node:url'

import {Pool} from 'undici'

const [url, connections, count] = process.argv.slice(2)
const {origin, pathname, search} = new URL(url)
const headers = JSON.parse(await text(process.stdin))
const pool = new Pool(origin, {connections: Number(connections), pipelining: 1})
const path = `${pathname}${search}`

const send = () =>
  new Promise((resolve, reject) => {
    let status = 0
    pool.dispatch(
      {path, method: 'GET', headers},
      {
        onRequestStart() {
          // It needs no way to end it.
        },
        onResponseStart(_controller, statusCode) {
          status = statusCode
        },
        onResponseData() {
          // Whatever it is, it has been read.
        },
        onResponseEnd() {
          if (status === 200) resolve()
          else reject(new Error(`The answer was ${String(status)}`))
        },
        onResponseError(_controller, error) {
          reject(error)
        },
      },
    )
  })

const times = new Float64Array(Number(count))
let sent = 0
async function sendInTurn() {
  while (sent < times.length) {
    const place = sent++
    const startedMs = performance.now()
    await send()
    times[place] = performance.now() - startedMs
  }
}

const startedMs = performance.now()
await Promise.all(Array.from({length: Number(connections)}, sendInTurn))
const elapsedMs = performance.now() - startedMs
await pool.close()
times.sort()
const result = {perSecond: (times.length / elapsedMs) * 1000, medianMs: times[times.length >> 1]}
process.stdout.write(`${JSON.stringify(result)}\n`)
