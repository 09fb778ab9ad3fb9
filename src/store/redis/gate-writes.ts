import {isReadCommand, type RedisConnection} from './connection.js'
import {movedMeanwhile} from './gate-note.js'
import type {SharedRedisGate} from './redis-gate.js'

/**
 * A connection through which a process that writes comes in at the gate first. Reading passes by. Who stood still between
 * that and its write looks again afterwards: what went to a store that was moved or sealed anew meanwhile is not taken
 * for done.
 */
export function gateWrites(
  connection: RedisConnection,
  gate: Pick<SharedRedisGate, 'enter' | 'changes'>,
): RedisConnection {
  async function pass<T>(write: () => Promise<T>): Promise<T> {
    const entering = gate.enter()
    if (entering !== undefined) await entering
    const {changes} = gate
    const reply = await write()
    const enteringAgain = gate.enter()
    if (enteringAgain !== undefined) await enteringAgain
    // Another write of this process may have looked again already.
    if (gate.changes !== changes) throw movedMeanwhile(connection.location)
    return reply
  }

  return {
    ...connection,
    send: (key, command) =>
      isReadCommand(command) ? connection.send(key, command) : pass(() => connection.send(key, command)),
    run: (script, keys, args) =>
      script.onlyReads ? connection.run(script, keys, args) : pass(() => connection.run(script, keys, args)),
    runReplicated: (script, keys, args) => pass(() => connection.runReplicated(script, keys, args)),
  }
}
