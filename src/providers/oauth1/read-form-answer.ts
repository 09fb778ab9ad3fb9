import type {RawReply} from '../../model/refresh.js'
import {isTokenText} from '../token-answer.js'
import type {JsonAnswer} from '../json-answer.js'

/** No token is longer; what is, is a page. */
const LONGEST_VALUE = 4096

/** An answer of RFC 5849 2.1 and 2.3: a form, whatever type is named. Of a name that repeats nothing is believed. */
export function readFormAnswer({status, body}: RawReply): JsonAnswer {
  const fields = new URLSearchParams(body)
  const names = new Set(fields.keys())
  const known = [...names].filter((name) => fields.getAll(name).length === 1)
  const read = known.map((name) => [name, fields.get(name) ?? ''] as const)
  return {status, body: Object.fromEntries(read.filter(([, value]) => value.length <= LONGEST_VALUE))}
}

/** What a token or its secret can be made of. */
export const readText = (value: unknown): string | undefined => (isTokenText(value) ? value : undefined)
