import assert from 'node:assert/strict'

import type {Provider} from '../../src/model/provider.js'
import type {TokenGrant} from '../../src/model/refresh.js'
import {Secret} from '../../src/model/secret.js'
import {fillPreset} from '../../src/providers/presets/fill-preset.js'
import {settingsOf} from '../../src/providers/presets/preset.js'
import {applyIdentityUrl, findPreset} from '../../src/providers/presets.js'
import type {EpochMs} from '../../src/model/time.js'
import {makeProvider} from './make-provider.js'

/** A preset's provider whose identity endpoints are all below this URL. */
export function pointPreset(name: string, identityUrl: string): Provider {
  const preset = findPreset(name)
  assert(preset)
  return makeProvider(settingsOf(applyIdentityUrl(fillPreset(preset), identityUrl)))
}

/** What a service has granted whose people are asked about. */
export const makeGrant = (issuedAt: EpochMs): TokenGrant => ({
  accessToken: new Secret('made-up-access-token'),
  tokenType: 'bearer',
  issuedAt,
})
