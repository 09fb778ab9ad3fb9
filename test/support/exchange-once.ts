import {createSystemClock} from '../../src/config/system-clock.js'
import {createHttpExchange, DEFAULT_LIMITS} from '../../src/providers/http-exchange.js'

/** Run as a process: one GET of the URL in the arguments, its end on stdout. Node takes trusted certificates at start. */
const exchange = createHttpExchange({clock: createSystemClock(), userAgent: 'behalf', limits: DEFAULT_LIMITS})
process.stdout.write(JSON.stringify(await exchange({method: 'GET', url: process.argv[2] ?? '', headers: {}})))
