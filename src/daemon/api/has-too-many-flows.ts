import type {BrokerDeps} from '../../broker/broker-deps.js'

/** More than people finish in ten minutes, and few enough that all of them are read quickly. */
const MAX_WAITING = 500

/** Whether so many flows of an API token wait that it may start no more: each is a record of the store. */
export async function hasTooManyFlows(
  {store, clock}: Pick<BrokerDeps, 'store' | 'clock'>,
  startedBy: string,
): Promise<boolean> {
  const now = clock.now()
  const waiting = (await store.flows.list()).filter(
    (flow) => flow.startedBy === startedBy && flow.outcome === undefined && now < flow.expiresAt,
  )
  return waiting.length >= MAX_WAITING
}
