import {execFile, spawnSync} from 'node:child_process'
import {mkdtempSync, rmdirSync} from 'node:fs'
import {open, rm, statfs} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'

const run = promisify(execFile)

/** Whether this process may mount anything: not every root may, in a container for one. */
export const canMount = process.platform === 'linux' && process.getuid?.() === 0 && tryToMount()

function tryToMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'behalf-mount-'))
  try {
    if (spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', folder]).status !== 0) return false
    return spawnSync('umount', [folder]).status === 0
  } finally {
    rmdirSync(folder)
  }
}

/** A file system of its own, in memory. */
export interface SmallDisk {
  /** Leaves this much room, to the block. */
  fillUpTo(freeBytes: number): Promise<void>
  makeRoom(): Promise<void>
  unmount(): Promise<void>
}

/** Mounts one over an existing folder. */
export async function mountSmallDisk(folder: string, sizeBytes: number): Promise<SmallDisk> {
  await run('mount', ['-t', 'tmpfs', '-o', `size=${String(sizeBytes)},mode=0700`, 'tmpfs', folder])
  const filler = join(folder, 'filler')
  return {
    async fillUpTo(freeBytes) {
      const {bavail, bsize} = await statfs(folder)
      const handle = await open(filler, 'w')
      try {
        await handle.writeFile(Buffer.alloc(bavail * bsize - freeBytes, 'x'))
      } finally {
        await handle.close()
      }
    },
    makeRoom: () => rm(filler),
    async unmount() {
      await run('umount', [folder])
    },
  }
}
