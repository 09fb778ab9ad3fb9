import {readdir, readFile, readlink} from 'node:fs/promises'
import {basename} from 'node:path'

export interface PortHolder {
  pid: number
  /** The name of its file. */
  program: string
}

/** `st` of a listening socket in /proc/net/tcp. */
const LISTENING = '0A'

/** Who listens on a TCP port of this machine. Only Linux tells, and of the processes of other users only root is told. */
export async function findPortHolder(port: number): Promise<PortHolder | undefined> {
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readText(`/proc/net/${name}`)))
  const sockets = new Set(tables.flatMap((table) => listeningInodes(table, port)).map((inode) => `socket:[${inode}]`))
  if (sockets.size === 0) return undefined
  for (const name of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(name) || !(await holdsAny(name, sockets))) continue
    return {pid: Number(name), program: await nameProgram(name)}
  }
  return undefined
}

/** Not what it calls itself: since version 24 Node's main thread is “MainThread” there. */
async function nameProgram(pid: string): Promise<string> {
  const file = await readlink(`/proc/${pid}/exe`).catch(() => undefined)
  return file === undefined ? (await readText(`/proc/${pid}/comm`)).trim() : basename(file)
}

function listeningInodes(table: string, port: number): string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0')
  return table.split('\n').flatMap((line) => {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/)
    return state === LISTENING && local.endsWith(`:${wanted}`) ? [inode] : []
  })
}

async function holdsAny(pid: string, sockets: ReadonlySet<string>): Promise<boolean> {
  const folder = `/proc/${pid}/fd`
  const descriptors = await readdir(folder).catch(() => [])
  const targets = await Promise.all(descriptors.map((name) => readlink(`${folder}/${name}`).catch(() => '')))
  return targets.some((target) => sockets.has(target))
}

const readText = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '')
