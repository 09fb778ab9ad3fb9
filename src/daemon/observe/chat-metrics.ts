import {Counter, Gauge, type Registry} from 'prom-client'

import type {ChatMetrics} from '../daemon-deps.js'

/** What the IRC gateway does. */
export function createChatMetrics(registry: Registry): ChatMetrics {
  const registers = [registry]
  const connections = new Gauge({
    name: 'behalf_irc_connections',
    help: 'IRC clients that have been let in, and are connected now.',
    registers,
  })
  const refusals = new Counter({
    name: 'behalf_irc_refusals_total',
    help: 'IRC clients that were not let in, by why.',
    labelNames: ['code'],
    registers,
  })
  const lines = new Counter({
    name: 'behalf_irc_lines_total',
    help: 'Lines of IRC that were passed on, by their direction.',
    labelNames: ['direction'],
    registers,
  })
  const waits = new Counter({
    name: 'behalf_irc_waits_total',
    help: 'How often an IRC client was told that its lines wait for a limit of Twitch, by what waited.',
    labelNames: ['kind'],
    registers,
  })
  // A series that appears with its first event shows no increase.
  for (const direction of ['to-upstream', 'from-upstream']) lines.inc({direction}, 0)
  return {
    countConnection: (change) => connections.inc(change),
    countRefusal: (code) => refusals.inc({code}),
    countLines: (direction, count) => lines.inc({direction}, count),
    countWait: (kind) => waits.inc({kind}),
  }
}
