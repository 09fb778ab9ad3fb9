import type {Provider} from '../../src/model/provider.js'
import {Secret} from '../../src/model/secret.js'
import {settingsOf} from '../../src/providers/presets/preset.js'
import {applyIdentityUrl, findPreset} from '../../src/providers/presets.js'

/** The Twitch preset, pointed at a stand-in. Without a secret it is a public client. */
export function makeTwitch(origin: string, client: {id: string; secret: string | null}): Provider {
  const preset = findPreset('twitch')
  if (preset === undefined) throw new Error('there is no preset for Twitch')
  const settings = settingsOf(applyIdentityUrl(preset, `${origin}/oauth2`))
  return {
    ...settings,
    apiUrl: `${origin}/helix`,
    clientId: client.id,
    ...(client.secret !== null && {clientSecret: new Secret(client.secret)}),
    credentialsFrom: 'store',
  }
}
