import {open, type FileHandle} from 'node:fs/promises'

import {isErrno} from './storage-error.js'

/** A process that is let in together with others. For messages alone: the kernel knows how many there are. */
export interface GateGuest {
  pid: number
  /** ISO 8601. */
  since: string
}

/** The first is the note of who has the store alone. */
const SLOT_BYTES = 256
/** Two processes whose ids share a slot are rare, and then one of them goes unnamed. */
const SLOT_COUNT = 256

const offsetOf = (pid: number): number => SLOT_BYTES * (1 + (pid % SLOT_COUNT))

/** One write in a place of its own, so that nobody waits for anybody. What cannot be written is lost. */
export async function noteGuest(handle: FileHandle, guest: GateGuest): Promise<void> {
  const line = `${JSON.stringify(guest).padEnd(SLOT_BYTES - 1)}\n`
  await handle.write(line, offsetOf(guest.pid)).catch(() => undefined)
}

export async function removeGuest(handle: FileHandle, pid: number): Promise<void> {
  await handle.write(' '.repeat(SLOT_BYTES), offsetOf(pid)).catch(() => undefined)
}

/** Those who have noted themselves and still run. */
export async function listGuests(gatePath: string): Promise<GateGuest[]> {
  const handle = await open(gatePath, 'r')
  try {
    const bytes = await handle.readFile()
    return bytes
      .toString('utf8', SLOT_BYTES)
      .split('\n')
      .flatMap(parseGuest)
      .filter(({pid}) => isRunning(pid))
  } finally {
    await handle.close()
  }
}

function parseGuest(line: string): GateGuest[] {
  try {
    // Slots that nobody has written to are zeros.
    const {pid, since} = JSON.parse(line.replaceAll('\0', '')) as Record<string, unknown>
    return typeof pid === 'number' && typeof since === 'string' ? [{pid, since}] : []
  } catch {
    return []
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return isErrno(error, 'EPERM')
  }
}
