import type {DialectRules} from './dialect.js'
import {rfcDialect} from './rfc.js'

export const discordDialect: DialectRules = {
  ...rfcDialect,
  identity: {userId: ['id', 'sub'], login: ['username'], displayName: ['global_name']},
}
