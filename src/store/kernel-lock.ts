import {BehalfError} from '../model/behalf-error.js'

export type LockMode = 'exclusive' | 'shared'

/** A lock on an open file which the kernel keeps: it lasts while its owner is suspended and ends when it is killed. */
export interface KernelLock {
  /** False when someone else holds it in the way. Closing the descriptor frees it. */
  tryLock(fd: number, mode: LockMode): Promise<boolean>
}

/** The prebuilt addon; rejects where there is none (32-bit ARM, musl). */
export async function loadAddonLock(): Promise<KernelLock> {
  const {tryLock} = await import('fs-native-extensions')
  return {tryLock: (fd, mode) => Promise.resolve(tryLock(fd, {shared: mode === 'shared'}))}
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
