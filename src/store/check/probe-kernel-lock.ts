import {mkdtemp, open, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {BehalfError} from '../../model/behalf-error.js'
import {flockCommandLock, loadAddonLock, type KernelLock} from '../kernel-lock.js'
import {writeLockPathOf} from '../write-lock.js'

/** By what files are locked on this machine. */
export type LockMeans = 'addon' | 'flock'

/**
 * Whether a lock that one holds keeps another out: where the store's own lock file is, or, before there is one,
 * in the folder for temporary files.
 * @throws BehalfError `configuration` when it does not.
 */
export async function probeKernelLock(storePath: string): Promise<LockMeans> {
  const addon = await loadAddonLock().catch(() => undefined)
  const kernel = addon ?? flockCommandLock
  if (!(await excludes(kernel, writeLockPathOf(storePath)).catch(() => excludesElsewhere(kernel)))) {
    throw new BehalfError('configuration', `Locks keep nobody out where ${storePath} is.`, {
      hint: 'Name a file on a local disk with --store or BEHALF_STORE.',
    })
  }
  return addon === undefined ? 'flock' : 'addon'
}

async function excludesElsewhere(kernel: KernelLock): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'behalf-lock-'))
  try {
    const path = join(folder, 'lock')
    await writeFile(path, '')
    return await excludes(kernel, path)
  } finally {
    await rm(folder, {recursive: true, force: true})
  }
}

/** One that somebody else holds just now has shown it. */
async function excludes(kernel: KernelLock, path: string): Promise<boolean> {
  const first = await open(path, 'r+')
  try {
    if (!(await kernel.tryLock(first.fd, 'exclusive'))) return true
    const second = await open(path, 'r+')
    try {
      return !(await kernel.tryLock(second.fd, 'exclusive'))
    } finally {
      await second.close()
    }
  } finally {
    await first.close()
  }
}
