import {createRequire} from 'node:module'

import {BehalfError} from '../model/behalf-error.js'
import {isErrno} from './storage-error.js'

export type LockMode = 'exclusive' | 'shared'

/** A lock on an open file which the kernel keeps: it lasts while its owner is suspended and ends when it is killed. */
export interface KernelLock {
  /** False when someone else holds it in the way. Closing the descriptor frees it. */
  tryLock(fd: number, mode: LockMode): Promise<boolean>
}

/** The prebuilt addon; rejects where there is none (32-bit ARM, musl). */
export async function loadAddonLock(): Promise<KernelLock> {
  const tryLock = loadPrebuiltLock() ?? (await import('fs-native-extensions')).tryLock
  return {tryLock: (fd, mode) => Promise.resolve(tryLock(fd, {shared: mode === 'shared'}))}
}

type TryLock = (fd: number, options: {shared: boolean}) => boolean

/** Of which is known what its prebuilt file gives, and how `tryLock` of the package calls it. */
const KNOWN_VERSION = '1.5.1'

/**
 * The package's own `tryLock` without the way to it: it looks for its prebuilt file with a resolver that takes 15 to
 * 20 ms to load, and every `helix` command locks. Undefined for any other version, and where the file is not to be had.
 */
export function loadPrebuiltLock(): TryLock | undefined {
  const require = createRequire(import.meta.url)
  try {
    const {version} = require('fs-native-extensions/package.json') as {version: string}
    if (version !== KNOWN_VERSION) return undefined
    const folder = `fs-native-extensions/prebuilds/${process.platform}-${process.arch}`
    const addon = require(`${folder}/fs-native-extensions.node`) as PrebuiltAddon
    return (fd, {shared}) => tryPrebuilt(addon, fd, !shared)
  } catch {
    return undefined
  }
}

interface PrebuiltAddon {
  /** Throws `EAGAIN` when someone else holds it in the way. Length 0: the whole file. */
  tryLock(fd: number, offset: number, length: number, exclusive: boolean): void
}

function tryPrebuilt(addon: PrebuiltAddon, fd: number, exclusive: boolean): boolean {
  try {
    addon.tryLock(fd, 0, 0, exclusive)
    return true
  } catch (error) {
    if (isErrno(error, 'EAGAIN')) return false
    throw error
  }
}

const FLOCK_CONFLICT_EXIT = 1

/**
 * `flock(1)` of util-linux or busybox on the descriptor it inherits as 3. The lock belongs to the open file,
 * which the child shares with us, so it stays when the child has ended.
 */
export const flockCommandLock: KernelLock = {
  async tryLock(fd, mode) {
    // Two milliseconds that nobody else is to pay.
    const {spawn} = await import('node:child_process')
    return new Promise((resolve, reject) => {
      const flag = mode === 'shared' ? '-s' : '-x'
      const child = spawn('flock', ['-n', flag, '3'], {stdio: ['ignore', 'ignore', 'ignore', fd]})
      child.once('error', (error) => {
        reject(explainMissingFlock(error))
      })
      child.once('exit', (exitCode) => {
        if (exitCode === 0) resolve(true)
        else if (exitCode === FLOCK_CONFLICT_EXIT) resolve(false)
        else reject(explainMissingFlock(exitCode))
      })
    })
  },
}

let loading: Promise<KernelLock> | undefined

/** The addon where it loads, else `flock(1)`. Loaded on first need: reading takes no lock. */
export function loadKernelLock(): Promise<KernelLock> {
  return (loading ??= loadAddonLock().catch(() => flockCommandLock))
}

const explainMissingFlock = (cause: unknown): BehalfError =>
  new BehalfError(
    'configuration',
    'Files cannot be locked here: no prebuilt addon fits this system and flock(1) failed.',
    {
      cause,
      hint: 'Install the program flock (util-linux).',
    },
  )
