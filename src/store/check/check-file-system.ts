import {statfs} from 'node:fs/promises'
import {dirname} from 'node:path'

import type {StoreFinding} from '../../model/store-report.js'

/** `f_type` of file systems on other machines (linux/magic.h): their locks and renames are not to be relied on. */
const NETWORK_FILE_SYSTEMS: Readonly<Record<number, string>> = {
  0x6969: 'NFS',
  0x517b: 'SMB',
  0xff534d42: 'CIFS',
  0xfe534d42: 'SMB2',
  0x01021997: '9P',
  0x5346414f: 'AFS',
  0x73757245: 'Coda',
  0x00c36400: 'Ceph',
  0x65735543: 'FUSE control',
}

/** How much there must be to write a store of ordinary size once more. */
const LEAST_FREE_BYTES = 1 << 20

/** Reads the type of a path's file system and its free bytes. */
export type ReadFileSystem = (path: string) => Promise<{type: number; bavail: number; bsize: number}>

/** Whether the file system is one that a store can be trusted to. The folder need not be there yet. */
export async function checkFileSystem(path: string, read: ReadFileSystem = statfs): Promise<StoreFinding[]> {
  const found = await readNearest(dirname(path), read)
  if (found === undefined) return []
  const findings: StoreFinding[] = []
  // Signed where the kernel's word is 32 bits.
  const network = process.platform === 'linux' ? NETWORK_FILE_SYSTEMS[found.type >>> 0] : undefined
  if (network !== undefined) {
    findings.push({
      severity: 'error',
      code: 'network-file-system',
      message: `${path} is on a network file system (${network}), whose locks cannot be relied on.`,
      hint: 'Name a file on a local disk with --store or BEHALF_STORE.',
    })
  }
  if (found.bavail * found.bsize < LEAST_FREE_BYTES) {
    findings.push({
      severity: 'error',
      code: 'store-full',
      message: `The disk of ${path} is full.`,
      hint: `df -h -- ${dirname(path)}`,
    })
  }
  return findings
}

/** Of the folder or the nearest of its parents that exists. */
async function readNearest(
  folder: string,
  read: ReadFileSystem,
): Promise<Awaited<ReturnType<ReadFileSystem>> | undefined> {
  try {
    return await read(folder)
  } catch {
    return dirname(folder) === folder ? undefined : readNearest(dirname(folder), read)
  }
}
