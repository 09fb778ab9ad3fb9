import {BehalfError} from '../model/behalf-error.js'
import {awaitsCallback, type Flow, type FlowDevice} from '../model/flow.js'
import {isConfidential, type Provider} from '../model/provider.js'
import type {TokenGrant} from '../model/refresh.js'
import {SECOND_MS} from '../model/time.js'
import type {BrokerDeps} from './broker-deps.js'
import {revokeUnwanted} from './complete-login.js'
import {failFlow, type FlowEnd} from './end-flow.js'
import {requireHome} from './flow-home.js'
import {requireStarter} from './flow-starter.js'
import {loadProvider} from './load-provider.js'
import {admitGranted} from './receive-callback.js'
import {takeFlow} from './redeem-flow.js'

type Deps = Pick<BrokerDeps, 'store' | 'providerClient' | 'clock' | 'random' | 'providers'>

/** RFC 8628 3.5: what `slow_down` adds to the interval. */
const SLOW_DOWN_MS = 5 * SECOND_MS
/** Longer than any exchange: whoever polls is gone then, and another may. */
const POLL_LIMIT_MS = 30 * SECOND_MS

/** Twitch refuses the code flow of a public client only after the person has consented. */
export const needsDeviceFlow = (provider: Provider): boolean =>
  provider.dialect === 'twitch' && !isConfidential(provider)

/** Asks for a code that the person enters at the provider (RFC 8628 3.1). */
export async function beginDeviceFlow(deps: Deps, provider: Provider, scopes: string[]): Promise<FlowDevice> {
  const device = await deps.providerClient.startDevice(provider, scopes)
  const {deviceCode, userCode, verificationUri, verificationUriComplete = verificationUri, intervalMs} = device
  const {expiresAt} = device
  return {
    deviceCode,
    userCode,
    verificationUri: verificationUriComplete,
    intervalMs,
    expiresAt,
    nextPollAt: deps.clock.now() + intervalMs,
  }
}

/**
 * Asks the provider about every flow whose person may have entered the code by now; one process asks at a time.
 * @returns what has ended.
 */
export async function pollDeviceFlows(deps: Deps): Promise<FlowEnd[]> {
  const ends = await Promise.all(await beginDevicePolls(deps))
  return ends.filter((end) => end !== undefined)
}

/** The same, for who does not wait for slow providers: a promise for each flow that is asked about, undefined where it goes on. */
export async function beginDevicePolls(deps: Deps): Promise<Promise<FlowEnd | undefined>[]> {
  const now = deps.clock.now()
  return (await deps.store.flows.list()).filter((flow) => isPollDue(flow, now)).map((flow) => pollFlow(deps, flow))
}

const isPollDue = (flow: Flow, now: number): flow is Flow & {device: FlowDevice} =>
  flow.device !== undefined && awaitsCallback(flow) && now < flow.expiresAt && now >= flow.device.nextPollAt

async function pollFlow(deps: Deps, {id}: Flow): Promise<FlowEnd | undefined> {
  const now = deps.clock.now()
  const flow = await changeDevice(deps, id, (current) =>
    isPollDue(current, now) ? {nextPollAt: now + POLL_LIMIT_MS} : undefined,
  )
  if (!flow?.device) return undefined
  const {device} = flow
  try {
    await requireStarter(deps, flow)
    const provider = await loadProvider(deps, flow.provider)
    requireHome(flow, provider)
    const poll = await deps.providerClient.pollDevice(provider, device, flow.scopes)
    if (poll.kind === 'granted') return await endGranted(deps, flow, provider, poll.grant)
    if (poll.kind === 'denied') throw new BehalfError('login-failed', 'The person declined.')
    if (poll.kind === 'expired') throw new BehalfError('login-failed', 'The code has expired, or was declined.')
    const intervalMs = device.intervalMs + (poll.kind === 'slow-down' ? SLOW_DOWN_MS : 0)
    await changeDevice(deps, id, () => ({intervalMs, nextPollAt: deps.clock.now() + intervalMs}))
    return undefined
  } catch (error) {
    if (doesPass(error)) return undefined
    await failFlow(deps, flow, error)
    return {kind: 'failed', flow, error}
  }
}

/** The code has served. Where the flow cannot be taken any more, the tokens are nobody's. */
async function endGranted(deps: Deps, flow: Flow, provider: Provider, grant: TokenGrant): Promise<FlowEnd | undefined> {
  let taken: Flow
  try {
    taken = await takeFlow(deps, flow)
  } catch {
    await revokeUnwanted(deps, provider, grant)
    return undefined
  }
  const step = await admitGranted(deps, taken, provider, () => Promise.resolve(grant))
  return step.kind === 'held' ? undefined : step
}

/** Trouble that is none of the flow's: whoever asks next may have more luck. */
const doesPass = (error: unknown): boolean =>
  error instanceof BehalfError && /^(?:unavailable|lock-timeout|store-.*)$/.test(error.code)

const changeDevice = (
  deps: Deps,
  id: string,
  change: (current: Flow) => Partial<FlowDevice> | undefined,
): Promise<Flow | undefined> =>
  deps.store.flows.update(id, (current) => {
    const changed = current.device && change(current)
    return current.device && changed && {...current, device: {...current.device, ...changed}}
  })
