import {forEveryRole, type Preset} from './preset.js'

/** Replay mode: `last-resort`. Its device flow polls at an address of its own, which is not spoken here. */
export const webexPreset: Preset = {
  name: 'webex',
  title: 'Webex',
  dialect: 'webex',
  authorizeUrl: 'https://webexapis.com/v1/authorize',
  tokenUrl: 'https://webexapis.com/v1/access_token',
  userinfoUrl: 'https://webexapis.com/v1/people/me',
  apiUrl: 'https://webexapis.com/v1',
  authMethod: 'post',
  pkce: true,
  scopes: forEveryRole('spark:people_read'),
  scopeSeparator: ' ',
  revokeEnds: 'grant',
  authorizeParams: {},
  consentParams: {},
  registerUrl: 'https://developer.webex.com/my-apps/new/integration',
}
