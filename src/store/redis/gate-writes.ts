import {isReadCommand, type RedisConnection} from './connection.js'
import type {SharedRedisGate} from './redis-gate.js'

/** A connection through which a process that writes comes in at the gate first. Reading passes by. */
export function gateWrites(connection: RedisConnection, gate: SharedRedisGate): RedisConnection {
  return {
    ...connection,
    async send(key, command) {
      const entering = isReadCommand(command) ? undefined : gate.enter()
      if (entering !== undefined) await entering
      return connection.send(key, command)
    },
    async run(script, keys, args) {
      const entering = script.onlyReads ? undefined : gate.enter()
      if (entering !== undefined) await entering
      return connection.run(script, keys, args)
    },
    async runReplicated(script, keys, args) {
      const entering = gate.enter()
      if (entering !== undefined) await entering
      return connection.runReplicated(script, keys, args)
    },
  }
}
