import type {DialectRules} from './dialect.js'
import {rfcDialect} from './rfc.js'

export const spotifyDialect: DialectRules = {
  ...rfcDialect,
  identity: {userId: ['id'], login: ['id'], displayName: ['display_name']},
}
