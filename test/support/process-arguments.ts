import {readdirSync, readFileSync} from 'node:fs'

const EVERY_MS = 100

/**
 * Looks again and again at the arguments of every process of this machine, as any user could.
 * @returns what stops it. Without `/proc` it does nothing.
 */
export function watchProcessArguments(see: (line: string) => void): () => void {
  const look = (): void => {
    for (const line of readCommandLines()) see(line)
  }
  look()
  const timer = setInterval(look, EVERY_MS)
  timer.unref()
  return () => clearInterval(timer)
}

function readCommandLines(): string[] {
  return listProcesses().map((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ')
    } catch {
      return '' // It has ended meanwhile.
    }
  })
}

function listProcesses(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  } catch {
    return []
  }
}
