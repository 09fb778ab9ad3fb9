import {z} from 'zod'

import {textOf, type JsonAnswer} from '../json-answer.js'
import type {DialectRules} from './dialect.js'
import {rfcDialect} from './rfc.js'

const faults = z.array(z.object({description: z.string()}))

export const webexDialect: DialectRules = {
  ...rfcDialect,
  toRfc: (answer) => (answer.status < 400 || textOf(answer.body.error) !== '' ? answer : withRfcError(answer)),
  identity: {userId: ['id'], login: ['emails', 'userName'], displayName: ['displayName']},
}

/** Errors come as all of the API's do, `{"message": …, "errors": [{"description": "invalid_grant"}]}`; 428 is pending. */
function withRfcError({status, body}: JsonAnswer): JsonAnswer {
  const [fault] = faults.safeParse(body.errors).data ?? []
  const words = fault?.description ?? ''
  const error = status === 428 ? 'authorization_pending' : /^[a-z_]+$/.test(words) ? words : undefined
  return {status, body: {...body, error, error_description: textOf(body.message) || words}}
}
