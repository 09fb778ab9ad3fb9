import type {DialectRules} from './dialect.js'
import {rfcDialect} from './rfc.js'
import {withSpacedScopes} from './spaced-scopes.js'

export const linkedinDialect: DialectRules = {...rfcDialect, toRfc: withSpacedScopes}
