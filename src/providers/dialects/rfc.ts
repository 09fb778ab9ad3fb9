import type {DialectRules} from './dialect.js'

/** The RFCs as they are, with names for who someone is from OpenID Connect and from the many who do without it. */
export const rfcDialect: DialectRules = {
  toRfc: (answer) => answer,
  device: {scopeParameter: 'scope', authenticates: true},
  refreshTokenLifeMs: () => undefined,
  demandsSecretAtRefresh: false,
  faultOfClient: () => undefined,
  validationScheme: 'Bearer',
  identifyBy: 'userinfo',
  identity: {
    userId: ['sub', 'id', 'user_id'],
    login: ['preferred_username', 'login', 'username', 'nickname', 'email'],
    displayName: ['name', 'display_name'],
  },
  revocation: {takes: ['access_token', 'refresh_token'], deadStatuses: []},
}
