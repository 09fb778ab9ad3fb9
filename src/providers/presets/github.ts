import {forEveryRole, type Preset} from './preset.js'

/** Replay mode: `last-resort`. OAuth apps have tokens without end; those of GitHub Apps rotate. */
export const githubPreset: Preset = {
  name: 'github',
  title: 'GitHub',
  dialect: 'github',
  authorizeUrl: 'https://github.com/login/oauth/authorize',
  tokenUrl: 'https://github.com/login/oauth/access_token',
  deviceUrl: 'https://github.com/login/device/code',
  revokeUrl: 'https://api.github.com/applications',
  userinfoUrl: 'https://api.github.com/user',
  apiUrl: 'https://api.github.com',
  authMethod: 'post',
  pkce: true,
  scopes: forEveryRole('read:user'),
  scopeSeparator: ' ',
  revokeEnds: 'grant',
  authorizeParams: {},
  consentParams: {prompt: 'select_account'},
  registerUrl: 'https://github.com/settings/developers',
  connectionsUrl: 'https://github.com/settings/applications',
}
