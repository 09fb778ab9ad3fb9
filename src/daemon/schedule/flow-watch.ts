import type {BrokerDeps} from '../../broker/broker-deps.js'
import {collectFlows, isCollectionDue} from '../../broker/collect-flows.js'
import {beginDevicePolls} from '../../broker/device-flow.js'
import type {DaemonDeps} from '../daemon-deps.js'
import {logFlows} from '../flows/log-flows.js'

type Deps = Pick<DaemonDeps, keyof BrokerDeps | 'log'>

/** Looks after the flows that nobody comes back from, and those that nobody finished in time. */
export class FlowWatch {
  readonly #deps: Deps
  readonly #polls = new Set<Promise<void>>()

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /**
   * Asks providers about the first, and waits for no answer: refreshes must not wait for a provider that is slow. Forgets
   * the others, a line each, every quarter of an hour at most (design 9).
   */
  async look(): Promise<void> {
    const {onEnd, onTrouble} = logFlows(this.#deps.log)
    for (const asked of await beginDevicePolls(this.#deps)) {
      const poll = asked
        .then((end) => end && onEnd(end), onTrouble)
        .finally(() => {
          this.#polls.delete(poll)
        })
      this.#polls.add(poll)
    }
    if (!(await isCollectionDue(this.#deps))) return
    for (const {id, provider, role, subject, state} of await collectFlows(this.#deps, {force: false})) {
      const whose = {provider, role, ...(subject !== undefined && {subject})}
      this.#deps.log.info('flow-collected', {flow: id, ...whose, fate: state})
    }
  }

  /** Resolves when what providers have granted is saved. */
  async stop(): Promise<void> {
    await Promise.all(this.#polls)
  }
}
