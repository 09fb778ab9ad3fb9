import {forEveryRole, type Preset} from './preset.js'

/** Replay mode: `last-resort`; clients that log in with PKCE alone get a new refresh token each time. */
export const spotifyPreset: Preset = {
  name: 'spotify',
  title: 'Spotify',
  dialect: 'spotify',
  authorizeUrl: 'https://accounts.spotify.com/authorize',
  tokenUrl: 'https://accounts.spotify.com/api/token',
  userinfoUrl: 'https://api.spotify.com/v1/me',
  apiUrl: 'https://api.spotify.com/v1',
  authMethod: 'basic',
  pkce: true,
  scopes: forEveryRole('user-read-private'),
  scopeSeparator: ' ',
  revokeEnds: 'grant',
  authorizeParams: {},
  consentParams: {show_dialog: 'true'},
  registerUrl: 'https://developer.spotify.com/dashboard',
  connectionsUrl: 'https://www.spotify.com/account/apps/',
  note: 'localhost is refused: register http://127.0.0.1:8420/callback and name it with --callback-url.',
}
