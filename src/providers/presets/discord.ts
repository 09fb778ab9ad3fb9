import {forEveryRole, type Preset} from './preset.js'

/** Replay mode: `last-resort`. */
export const discordPreset: Preset = {
  name: 'discord',
  title: 'Discord',
  dialect: 'discord',
  issuer: 'https://discord.com',
  authorizeUrl: 'https://discord.com/oauth2/authorize',
  tokenUrl: 'https://discord.com/api/oauth2/token',
  revokeUrl: 'https://discord.com/api/oauth2/token/revoke',
  userinfoUrl: 'https://discord.com/api/v10/users/@me',
  apiUrl: 'https://discord.com/api/v10',
  authMethod: 'post',
  pkce: true,
  scopes: forEveryRole('identify'),
  scopeSeparator: ' ',
  revokeEnds: 'grant',
  authorizeParams: {},
  consentParams: {prompt: 'consent'},
  registerUrl: 'https://discord.com/developers/applications',
}
