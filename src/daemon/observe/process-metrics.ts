import {readdirSync} from 'node:fs'
import {performance} from 'node:perf_hooks'

import {Counter, Gauge, type Registry} from 'prom-client'

import {SECOND_MS} from '../../model/time.js'

/**
 * What every Prometheus client tells of its process, under the same names. Read when it is asked for: what prom-client
 * would collect by itself wakes an idle process a hundred times a second.
 */
export function addProcessMetrics(registry: Registry): void {
  const registers = [registry]
  const addGauge = (name: string, help: string, read: () => number | undefined): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        const value = read()
        if (value !== undefined) this.set(value)
      },
    })
  }

  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'Processor time used.',
    registers,
    collect() {
      const {user, system} = process.cpuUsage()
      this.reset()
      this.inc((user + system) / 1e6)
    },
  })
  addGauge('process_start_time_seconds', 'When the process began, since the epoch.', () =>
    Math.round(performance.timeOrigin / SECOND_MS),
  )
  addGauge('process_resident_memory_bytes', 'Memory in use.', () => process.memoryUsage.rss())
  addGauge('process_open_fds', 'Open files and sockets, where the system tells.', countOpenFiles)
  addGauge('nodejs_heap_size_used_bytes', 'JavaScript objects.', () => process.memoryUsage().heapUsed)

  let before = performance.eventLoopUtilization()
  addGauge('nodejs_eventloop_utilization', 'Part of the time since the last look that was spent working.', () => {
    const now = performance.eventLoopUtilization()
    const {utilization} = performance.eventLoopUtilization(now, before)
    before = now
    return utilization
  })
}

function countOpenFiles(): number | undefined {
  try {
    // One of them is the folder that is being read.
    return readdirSync('/proc/self/fd').length - 1
  } catch {
    return undefined
  }
}
