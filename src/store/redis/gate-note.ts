import {createHash} from 'node:crypto'
import {readlinkSync} from 'node:fs'
import {hostname} from 'node:os'

import {BehalfError} from '../../model/behalf-error.js'
import type {Clock} from '../../model/time.js'
import * as shape from '../shape.js'
import {fit, type Shaped} from '../shape.js'
import {isErrno} from '../storage-error.js'

/** Who stands at the gate. `machine` is the same for processes that see each other’s ids. */
const noteShape = shape.object({machine: shape.text, host: shape.text, pid: shape.integer(), since: shape.text})
type GateNote = Shaped<typeof noteShape>

export function writeGateNote(clock: Clock): string {
  const {bootId, wallMs} = clock.moment()
  const note: GateNote = {
    machine: nameMachine(bootId),
    host: hostname(),
    pid: process.pid,
    since: new Date(wallMs).toISOString(),
  }
  return JSON.stringify(note)
}

/** Whether it is known that this process runs no more. */
export function isGone(text: string, clock: Clock): boolean {
  const note = readNote(text)
  if (note?.machine !== nameMachine(clock.moment().bootId)) return false
  try {
    process.kill(note.pid, 0)
    return false
  } catch (error) {
    return isErrno(error, 'ESRCH')
  }
}

/** @param notes of those who are there. */
export function lockedRedis(location: string, notes: readonly string[]): BehalfError {
  const holders = notes.map((text) => {
    const note = readNote(text)
    return note === undefined ? 'another process' : `process ${String(note.pid)} on ${note.host} since ${note.since}`
  })
  return new BehalfError('store-locked', `The store ${location} is locked by ${holders.join(', ')}`, {
    hint: 'Stop it, or try again when it has ended.',
  })
}

/** For who had the store alone, stood still, and is alone no more. */
export function lostRedis(location: string): BehalfError {
  return new BehalfError('store-locked', `The store ${location} was open to others while this process stood still`, {
    hint: 'Run the command again.',
  })
}

/** For a write of who stood still on the way, while somebody else had the store alone. */
export function movedMeanwhile(location: string): BehalfError {
  return new BehalfError('store-locked', `The store ${location} was changed as a whole just now`, {hint: 'Try again.'})
}

function readNote(text: string): GateNote | undefined {
  try {
    const read = fit(noteShape, JSON.parse(text))
    return 'value' in read ? read.value : undefined
  } catch {
    return undefined
  }
}

/** Containers share the boot of their machine, and often its name, but not the ids of processes. */
function nameMachine(bootId: string): string {
  let processes = ''
  try {
    processes = readlinkSync('/proc/self/ns/pid')
  } catch {
    // There is one kind of process ids here.
  }
  return createHash('sha256').update([hostname(), bootId, processes].join('\n')).digest('base64url').slice(0, 16)
}
