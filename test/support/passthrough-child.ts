import {createFakeClock} from './fake-clock.js'
import {makeBrokerWorld} from './broker-world.js'
import {makeProvider} from './make-provider.js'
import {startPassthrough} from './passthrough-scene.js'

// passthrough-child.ts UPSTREAM, forked by start-child-passthrough.ts; ends with the channel to it.

const [upstream = ''] = process.argv.slice(2)
const world = await makeBrokerWorld({clock: createFakeClock()})
const provider = makeProvider({apiUrl: `${upstream}/v1`})
await world.store.providers.put(provider)
await world.addAccount(provider, {role: 'owner'})
const daemon = await startPassthrough(world.deps, {maxPassthroughBytes: 1024 ** 3})

process.on('message', () => process.send?.(process.resourceUsage().maxRSS / 1024))
process.on('disconnect', () => {
  void daemon
    .stop()
    .then(() => world.dispose())
    .then(() => process.exit())
})
process.send?.({origin: daemon.origin, token: await daemon.issue(['api:example'])})
