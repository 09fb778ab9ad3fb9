import type {HelixPort} from '../../src/broker/broker-deps.js'
import type {HelixDeps} from '../../src/broker/call-helix.js'
import {helixMap} from '../../src/helix/helix-map.js'
import type {HelixRequest, HelixResponse} from '../../src/model/helix-call.js'
import {makeBrokerWorld, type BrokerWorld} from './broker-world.js'
import {createFakeClock} from './fake-clock.js'
import {makeProvider} from './make-provider.js'

const TWITCH = makeProvider({name: 'twitch', dialect: 'twitch', apiUrl: 'https://api.example.test/helix'})

/** An answer, as far as it is not the usual one. */
export interface ScriptedAnswer {
  status?: number
  headers?: Record<string, string>
  body?: unknown
  /** Instead of an answer. */
  error?: Error
}

export interface ScriptedCall {
  request: HelixRequest
  token: string
  atMs: number
}

/** The broker at an API that answers as it is told, at once; the clock stands still or jumps over every wait. */
export interface HelixScene extends BrokerWorld {
  readonly deps: HelixDeps
  readonly calls: ScriptedCall[]
  /** What is answered; a promise is waited for. */
  answer: (request: HelixRequest, token: string) => ScriptedAnswer | Promise<ScriptedAnswer>
}

/** `streamer_sam` (1001) is the owner and `techydrroid` (2002) a bot; their tokens are `made-up-access-token-of-ID`. */
export async function makeHelixScene(options: {autoAdvance?: boolean} = {}): Promise<HelixScene> {
  const world = await makeBrokerWorld({clock: createFakeClock(undefined, {autoAdvance: options.autoAdvance ?? true})})
  await world.store.providers.put(TWITCH)
  await world.addAccount(TWITCH, {userId: '1001', login: 'streamer_sam', role: 'owner'})
  await world.addAccount(TWITCH, {userId: '2002', login: 'techydrroid'})
  const calls: ScriptedCall[] = []
  const helix: HelixPort = {
    ...helixMap,
    async send(request, {accessToken}) {
      const token = accessToken.reveal()
      calls.push({request, token, atMs: world.clock.now()})
      return toResponse(await scene.answer(request, token))
    },
  }
  const scene: HelixScene = {...world, deps: {...world.deps, helix}, calls, answer: () => ({})}
  return scene
}

function toResponse({status = 200, headers = {}, body = {data: []}, error}: ScriptedAnswer): HelixResponse {
  if (error) throw error
  return {
    status,
    statusText: '',
    headers: Object.entries(headers),
    body: typeof body === 'string' ? body : JSON.stringify(body),
    tokenRefused: status === 401,
  }
}
