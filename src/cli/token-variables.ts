import type {FreshToken} from '../compose.js'
import {isoTime} from '../model/iso-time.js'

/**
 * A token as variables of the environment, the same for `bot token --format env` and `exec`: `TWITCH_ACCESS_TOKEN` and
 * `TWITCH_CLIENT_ID` for whatever speaks like Twitch, else the provider's name in capitals with `_` for `-`; and whose
 * token it is and when it ends, the same for every provider.
 */
export function tokenVariables({account, dialect, accessToken, clientId, expiresAt}: FreshToken): [string, string][] {
  const prefix = dialect === 'twitch' ? 'TWITCH' : account.provider.toUpperCase().replaceAll('-', '_')
  return [
    [`${prefix}_ACCESS_TOKEN`, accessToken.reveal()],
    [`${prefix}_CLIENT_ID`, clientId],
    ['BEHALF_PROVIDER', account.provider],
    ['BEHALF_LOGIN', account.login],
    ['BEHALF_USER_ID', account.userId],
    ...(expiresAt === undefined ? [] : ([['BEHALF_EXPIRES_AT', isoTime(expiresAt)]] as [string, string][])),
  ]
}
