import {createHash} from 'node:crypto'

/** A Lua script that the server runs as one step. All its keys are in one hash slot. */
export interface RedisScript {
  readonly source: string
  /** By which the server knows it once it has been loaded. */
  readonly sha1: string
  /** It is run again where its reply was lost: it only reads, or does and says the same twice. */
  readonly isRepeatable: boolean
  readonly onlyReads: boolean
}

export function defineScript(
  source: string,
  {onlyReads = false, isRepeatable = onlyReads}: {isRepeatable?: boolean; onlyReads?: boolean} = {},
): RedisScript {
  const text = source.trim()
  return {source: text, sha1: createHash('sha1').update(text, 'utf8').digest('hex'), isRepeatable, onlyReads}
}
