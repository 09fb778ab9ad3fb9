import type {DialectRules} from './dialect.js'
import {rfcDialect} from './rfc.js'

export const webexDialect: DialectRules = {
  ...rfcDialect,
  identity: {userId: ['id'], login: ['emails', 'userName'], displayName: ['displayName']},
}
