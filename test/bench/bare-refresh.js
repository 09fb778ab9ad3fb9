// What refreshes are measured by: the same requests, each on a connection of its own, and nothing kept.
// node bare-refresh.js URL IN_FLIGHT, with a form a line on stdin.
import {request} from 'node:http'
import {text} from 'node:stream/consumers'

const [url, inFlight] = process.argv.slice(2)
const waiting = (await text(process.stdin)).trim().split('\n')

const send = (form) =>
  new Promise((resolve, reject) => {
    const headers = {'content-type': 'application/x-www-form-urlencoded', 'content-length': form.length}
    const call = request(url, {method: 'POST', agent: false, headers}, (reply) => {
      if (reply.statusCode === 200) reply.resume().on('end', resolve)
      else reject(new Error(`The sandbox answered ${String(reply.statusCode)}`))
    })
    call.on('error', reject)
    call.end(form)
  })

async function sendWaiting() {
  for (let form = waiting.pop(); form !== undefined; form = waiting.pop()) await send(form)
}

await Promise.all(Array.from({length: Number(inFlight)}, sendWaiting))
