import {open, readdir} from 'node:fs/promises'
import {join} from 'node:path'

import type {StoreFinding} from '../../model/store-report.js'
import {describeHolder, readLockNote, type LockNote} from '../file-lock.js'
import {gatePathOf} from '../gate.js'
import {loadKernelLock, type KernelLock} from '../kernel-lock.js'
import {writeLockPathOf} from '../write-lock.js'

/** Which locks are held just now, and by whom. */
export async function checkLocks(path: string): Promise<StoreFinding[]> {
  const folder = `${path}.locks`
  const accounts = await readdir(folder).catch(() => [])
  const held: [what: string, path: string][] = [
    ['is being written', writeLockPathOf(path)],
    ['is kept for one process alone', gatePathOf(path)],
    ...accounts.map((name): [string, string] => ['has an account that is being refreshed', join(folder, name)]),
  ]
  const kernel = await loadKernelLock()
  const findings: StoreFinding[] = []
  for (const [what, lockPath] of held) {
    const holder = await findHolder(lockPath, kernel)
    if (holder === undefined) continue
    findings.push({
      severity: 'note',
      code: 'lock-held',
      message: `The store ${what} by ${describeHolder(holder)}.`,
      ...(holder.pid !== undefined && {hint: `ps -p ${String(holder.pid)}`}),
    })
  }
  return findings
}

/** Undefined when nobody holds it in the way of a reader. A shared lock is had for a moment, and hinders nobody long. */
async function findHolder(path: string, kernel: KernelLock): Promise<LockNote | undefined> {
  const handle = await open(path, 'r').catch(() => undefined)
  if (handle === undefined) return undefined
  try {
    return (await kernel.tryLock(handle.fd, 'shared')) ? undefined : await readLockNote(handle)
  } finally {
    await handle.close()
  }
}
