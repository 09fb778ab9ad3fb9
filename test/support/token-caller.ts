import {createSystemClock} from '../../src/config/system-clock.js'
import {getFreshToken} from '../../src/broker/get-fresh-token.js'
import {openJsonStore} from '../../src/store/json-store.js'
import {brokerOf} from './broker-of.js'

/**
 * A process that wants an account's token again and again: `token-caller.ts STORE_PATH KEY_PATH ACCOUNT_KEY`.
 * It prints `ready` once it has had one, ends well when its stdin ends, and with an error when it was refused a token.
 */
const [path = '', keyPath = '', key = ''] = process.argv.slice(2)
const clock = createSystemClock()
const store = await openJsonStore({path, secret: {kind: 'default-key-file', path: keyPath}, clock})

const over = new AbortController()
process.stdin.resume().on('end', () => over.abort())

for (let count = 0; !over.signal.aborted; count += 1) {
  await getFreshToken(brokerOf(store), key, 0)
  if (count === 0) process.stdout.write('ready\n')
  await clock.sleep(Math.random() * 50)
}
await store.close()
