import {forEveryRole, type Preset} from './preset.js'

/** Replay mode: `last-resort` until a refresh has shown that the refresh token stays. */
export const googlePreset: Preset = {
  name: 'google',
  title: 'Google',
  dialect: 'google',
  issuer: 'https://accounts.google.com',
  authorizeUrl: 'https://accounts.google.com/o/oauth2/v2/auth',
  tokenUrl: 'https://oauth2.googleapis.com/token',
  deviceUrl: 'https://oauth2.googleapis.com/device/code',
  revokeUrl: 'https://oauth2.googleapis.com/revoke',
  userinfoUrl: 'https://openidconnect.googleapis.com/v1/userinfo',
  jwksUrl: 'https://www.googleapis.com/oauth2/v3/certs',
  apiUrl: 'https://www.googleapis.com',
  authMethod: 'post',
  pkce: true,
  scopes: forEveryRole('openid', 'email', 'profile'),
  scopeSeparator: ' ',
  revokeEnds: 'grant',
  // Without the one no refresh token comes, and without a consent page only the first time.
  authorizeParams: {access_type: 'offline', prompt: 'consent'},
  consentParams: {prompt: 'select_account consent'},
  registerUrl: 'https://console.cloud.google.com/apis/credentials',
  connectionsUrl: 'https://myaccount.google.com/connections',
  note: 'A device login needs a client of the type “TVs and limited input devices”.',
}
