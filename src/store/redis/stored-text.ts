import type {RedisConnection} from './connection.js'
import {insist} from './insist.js'
import {defineScript} from './script.js'

/** A text that is stored: the value of a key, or of a field of a hash. */
export interface TextPlace {
  key: string
  field?: string
  /** How long it is kept from now on. Undefined: for good. */
  keepMs?: number
}

/**
 * Compare and set. Arguments: field ('' for none), expected text, whether any is expected, new text, milliseconds to keep
 * it (0: for good). Returns nothing when it was set, else whether there is a text, and which.
 */
const replace = defineScript(`
  local field, expected, is_expected, new, keep = ARGV[1], ARGV[2], ARGV[3] == '1', ARGV[4], tonumber(ARGV[5])
  local current
  if field == '' then current = redis.call('GET', KEYS[1]) else current = redis.call('HGET', KEYS[1], field) end
  if current ~= (is_expected and expected) then return {current and 1 or 0, current or ''} end
  if field ~= '' then redis.call('HSET', KEYS[1], field, new)
  elseif keep > 0 then redis.call('SET', KEYS[1], new, 'PX', keep)
  else redis.call('SET', KEYS[1], new) end
  return false
`)

export async function readText(connection: RedisConnection, {key, field}: TextPlace): Promise<string | undefined> {
  const reply = await connection.send(key, field === undefined ? ['GET', key] : ['HGET', key, field])
  return typeof reply === 'string' ? reply : undefined
}

/**
 * Changes a text: `change` gets it as it is now, and is called again on the newer one if someone else wrote in between.
 * Where it returns undefined the text is left. A step whose reply was lost is taken again: if the new text is there by
 * then, it was ours.
 * @param known the text, where it has just been read.
 * @returns whether something was written.
 */
export async function changeText(
  connection: RedisConnection,
  place: TextPlace,
  change: (current: string | undefined) => string | undefined,
  known?: {text: string | undefined},
): Promise<boolean> {
  const {key, field = '', keepMs = 0} = place
  let current = known ? known.text : await readText(connection, place)
  for (;;) {
    const text = change(current)
    if (text === undefined) return false
    const args = [field, current ?? '', current === undefined ? '0' : '1', text, String(Math.ceil(keepMs))]
    const {reply, isRepeated} = await insist(async (isRepeated) => ({
      reply: await connection.run(replace, [key], args),
      isRepeated,
    }))
    if (!Array.isArray(reply)) return true
    const [isThere, now] = reply as [number, string]
    current = isThere === 1 ? now : undefined
    if (isRepeated && current === text) return true
  }
}
