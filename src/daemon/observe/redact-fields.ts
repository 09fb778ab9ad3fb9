import {redactMarked, redactText} from './redact-text.js'

/** Values under such names are secrets, whatever they look like. Not `apiTokenId`. */
const SECRET_NAME =
  /(?:token|secret|password|passwd|authorization|cookie|api[_-]?key|verifier|assertion|credential)s?$/i
/** Our own words for a state or an error, or what a provider gives out: the look of the value decides. */
const DOUBTFUL_NAME = /^(?:code|state|nonce|pin|otp)$/i
const OWN_WORD = /^(?=.{1,40}$)[A-Za-z]+(?:[-_ ][A-Za-z]+)*$/
/** An account key: its subject may be any text. */
const ACCOUNT_NAME = /^(?:account|accounts|actedAs)$/
const ACCOUNT_KEY = /^[a-z0-9-]{1,64}[:@][^\s?#]{1,256}$/

/** What the logger itself writes into every line. */
const RESERVED: readonly string[] = ['level', 'time', 'event']

/** So deep is looked into objects, and so many values are written of one line. */
const MOST_LEVELS = 6
const MOST_VALUES = 200

interface Walk {
  withStacks: boolean
  valuesLeft: number
}

/**
 * The fields of a log line, made of texts, numbers, and plain objects, without secrets: under names that say so, in
 * texts, in errors and their causes. Never throws; what cannot be read is said to be so.
 */
export function redactFields(
  fields: Readonly<Record<string, unknown>>,
  {withStacks}: {withStacks: boolean},
): Record<string, unknown> {
  const walk = {withStacks, valuesLeft: MOST_VALUES}
  const redacted = redactObject(fields, MOST_LEVELS, walk)
  for (const name of RESERVED) Reflect.deleteProperty(redacted, name)
  return redacted
}

function redactObject(value: object, levels: number, walk: Walk): Record<string, unknown> {
  const entries: [string, unknown][] = []
  for (const name of Object.keys(value)) {
    if (walk.valuesLeft <= 0) break
    walk.valuesLeft -= 1
    entries.push([redactText(name), redactMember(name, value, levels, walk)])
  }
  return Object.fromEntries(entries)
}

/** Getters, proxies and `toJSON` are code of others. */
function redactMember(name: string, owner: object, levels: number, walk: Walk): unknown {
  try {
    return redactValue(name, (owner as Record<string, unknown>)[name], levels, walk)
  } catch {
    return '[unreadable]'
  }
}

function redactValue(name: string, value: unknown, levels: number, walk: Walk): unknown {
  switch (typeof value) {
    case 'string':
      return redactString(name, value)
    case 'object':
      return value === null ? null : redactStructure(name, value, levels, walk)
    case 'bigint':
      return redactString(name, String(value))
    case 'function':
    case 'symbol':
      return `[${typeof value}]`
    default:
      return value
  }
}

function redactString(name: string, text: string): string {
  if (SECRET_NAME.test(name)) return '[secret]'
  if (DOUBTFUL_NAME.test(name)) return text.length < 16 || OWN_WORD.test(text) ? redactText(text) : '[secret]'
  return ACCOUNT_NAME.test(name) && ACCOUNT_KEY.test(text) ? redactMarked(text) : redactText(text)
}

function redactStructure(name: string, value: object, levels: number, walk: Walk): unknown {
  if (SECRET_NAME.test(name)) return '[secret]'
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${String(value.byteLength)} bytes]`
  if (levels === 0) return '[…]'
  if (value instanceof Error) return redactError(value, levels - 1, walk)
  if (Array.isArray(value)) return redactArray(name, value, levels - 1, walk)
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    return redactValue(name, (value as {toJSON(): unknown}).toJSON(), levels - 1, walk)
  }
  return redactObject(value, levels - 1, walk)
}

function redactArray(name: string, values: readonly unknown[], levels: number, walk: Walk): unknown[] {
  const shown = values.slice(0, Math.max(walk.valuesLeft, 0))
  walk.valuesLeft -= shown.length
  return shown.map((value) => redactValue(name, value, levels, walk))
}

/** What may be told of an error: from an allow-list, for an API's body may stand beside it. */
function redactError(error: Error, levels: number, walk: Walk): Record<string, unknown> {
  const told = ['code', 'message', 'hint', 'status', ...(walk.withStacks ? ['stack'] : []), 'cause', 'errors']
  const members = told
    .filter((name) => name in error)
    .map((name) => [name, redactMember(name, error, levels, walk)] as const)
    .filter(([, value]) => value !== undefined)
  walk.valuesLeft -= members.length
  return {...(!('code' in error) && {name: redactText(error.name)}), ...Object.fromEntries(members)}
}
