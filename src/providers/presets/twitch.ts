import type {Preset} from './preset.js'

/** Replay mode: `safe` with a secret, `probe` without (`replayModeOf`). */
export const twitchPreset: Preset = {
  name: 'twitch',
  title: 'Twitch',
  dialect: 'twitch',
  issuer: 'https://id.twitch.tv/oauth2',
  authorizeUrl: 'https://id.twitch.tv/oauth2/authorize',
  tokenUrl: 'https://id.twitch.tv/oauth2/token',
  deviceUrl: 'https://id.twitch.tv/oauth2/device',
  revokeUrl: 'https://id.twitch.tv/oauth2/revoke',
  validateUrl: 'https://id.twitch.tv/oauth2/validate',
  userinfoUrl: 'https://id.twitch.tv/oauth2/userinfo',
  jwksUrl: 'https://id.twitch.tv/oauth2/keys',
  apiUrl: 'https://api.twitch.tv/helix',
  authMethod: 'post',
  pkce: false,
  scopes: {
    owner: ['user:read:email'],
    bot: ['user:bot', 'user:read:chat', 'user:write:chat'],
    user: ['user:read:email'],
  },
  scopeSeparator: ' ',
  revokeEnds: 'token',
  authorizeParams: {},
  consentParams: {force_verify: 'true'},
  registerUrl: 'https://dev.twitch.tv/console/apps',
  connectionsUrl: 'https://www.twitch.tv/settings/connections',
  note: 'http is accepted for the host localhost alone, and the redirect URI is compared letter by letter.',
}
