import {z} from 'zod'

import {textOf} from '../json-answer.js'
import type {DialectRules} from './dialect.js'
import {rfcDialect} from './rfc.js'

/** `{"message": "Bad Request", "errors": [{"resource": "RefreshToken", "field": "refresh_token", "code": "invalid"}]}` */
const faults = z.array(
  z.object({resource: z.string().catch(''), field: z.string().catch(''), code: z.string().catch('')}),
)

const errorOfResource: Readonly<Record<string, string>> = {
  RefreshToken: 'invalid_grant',
  AuthorizationCode: 'invalid_grant',
  Application: 'invalid_client',
}

export const stravaDialect: DialectRules = {
  ...rfcDialect,
  toRfc(answer) {
    const [fault] = faults.safeParse(answer.body.errors).data ?? []
    if (answer.status < 400 || fault === undefined) return answer
    const {resource, field, code} = fault
    const error = Object.hasOwn(errorOfResource, resource) ? errorOfResource[resource] : 'invalid_request'
    const description = `${textOf(answer.body.message)}: ${resource} ${field} ${code}`
    return {
      status: answer.status,
      body: {error: field === 'redirect_uri' ? 'redirect_uri_mismatch' : error, error_description: description},
    }
  },
}
