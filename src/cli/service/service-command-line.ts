import {join, resolve} from 'node:path'

import type {ServicePlace} from '../../compose.js'
import {serveFlags} from '../serve-flags.js'

/** What the parser of oclif read, in the order in which it was typed. */
type RawToken = {type: 'flag'; flag: string; input: string} | {type: 'arg'; arg: string; input: string}

/** How a service manager starts behalf: absolute paths, for it knows no PATH of ours. */
export interface ServiceCommandLine {
  /** This Node and this program. */
  program: [node: string, script: string]
  serve: string[]
  refresh: string[]
}

/**
 * The daemon's command line, with the flags that were given to `service` repeated as they were typed.
 * @param root The package's folder.
 */
export function serviceCommandLine(raw: RawToken[], root: string, place: ServicePlace): ServiceCommandLine {
  const store = place.store === undefined ? [] : ['--store', place.store]
  return {
    program: [process.execPath, join(root, 'bin', 'run.js')],
    serve: ['serve', ...store, ...raw.flatMap(repeatFlag)],
    refresh: ['refresh', ...store],
  }
}

function repeatFlag(token: RawToken): string[] {
  if (token.type !== 'flag' || !Object.hasOwn(serveFlags, token.flag)) return []
  const {type} = serveFlags[token.flag as keyof typeof serveFlags]
  if (type === 'boolean') return [`--${token.flag}`]
  return [`--${token.flag}`, token.flag === 'socket' ? resolve(token.input) : token.input]
}
