import type {SandboxState} from '../state.js'

/** The calls of the control plane, for whoever asks `GET /_sandbox/state`. */
const CALLS = {
  'GET /_sandbox/state': 'this summary',
  'POST /_sandbox/seed': '{clients?, users?, channels?, extraStreams?}',
  'POST /_sandbox/reset': 'forgets everything but clients and users',
  'POST /_sandbox/settings': '{auto?, accessTokenSeconds?, codeSeconds?, deviceSeconds?, lastPage?, chatLimits?, …}',
  'POST /_sandbox/clock': '{advance: seconds}',
  'POST /_sandbox/ratelimit': '{limit, remaining?}',
  'POST /_sandbox/expire-token': '{login, clientId?, kind?: access|refresh} or {token}',
  'POST /_sandbox/revoke-token': 'the same',
  'POST /_sandbox/disconnect': '{login, clientId?}',
  'POST /_sandbox/password': '{login}',
  'POST /_sandbox/faults':
    '{path, kind: status|drop|drop-before|partial|malformed|delay, method?, match?, count?, after?, process?, status?, headers?, body?, delayMs?, bytes?}',
  'DELETE /_sandbox/faults': '',
  'GET /_sandbox/calls': 'what was asked, without tokens',
  'DELETE /_sandbox/calls': '',
  'POST /_sandbox/redeem': '{login, reward_id, user_input?}',
  'GET /_sandbox/irc': 'who is connected to chat, without tokens',
  'POST /_sandbox/irc/reconnect': '{login?}: says that the server restarts',
  'POST /_sandbox/irc/drop': '{login?}: cuts connections',
  'POST /_sandbox/device/approve': '{user_code, login}',
  'POST /_sandbox/device/deny': '{user_code}',
}

/** What is there, without secrets and tokens. */
export function describeState(state: SandboxState) {
  return {
    url: state.origin,
    now: new Date(state.clock.now()).toISOString(),
    clients: [...state.clients.values()].map(({id, name, type, redirectUris}) => ({id, name, type, redirectUris})),
    users: [...state.users.values()].map(({id, login, displayName}) => ({id, login, displayName})),
    grants: [...state.grants.values()].map(({clientId, userId, scopes}) => ({
      clientId,
      login: state.users.get(userId)?.login,
      scopes: [...scopes].sort(),
    })),
    tokens: {access: state.accessTokens.size, refresh: state.refreshTokens.size, devices: state.deviceCodes.size},
    irc: {
      port: state.chat.ports.port ?? null,
      tlsPort: state.chat.ports.tlsPort ?? null,
      connections: state.chat.list().length,
    },
    settings: state.settings,
    faults: state.faults.list(),
    calls: CALLS,
  }
}
