import {createHash} from 'node:crypto'

/** A Lua script that the server runs as one step. All its keys are in one hash slot. */
export interface RedisScript {
  readonly source: string
  /** By which the server knows it once it has been loaded. */
  readonly sha1: string
  /** It changes nothing, and is run again where its reply was lost. */
  readonly isReadOnly: boolean
}

export function defineScript(source: string, {isReadOnly = false}: {isReadOnly?: boolean} = {}): RedisScript {
  const text = source.trim()
  return {source: text, sha1: createHash('sha1').update(text, 'utf8').digest('hex'), isReadOnly}
}
