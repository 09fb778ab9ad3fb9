import type {Provider} from '../model/provider.js'
import {discordPreset} from './presets/discord.js'
import {githubPreset} from './presets/github.js'
import {googlePreset} from './presets/google.js'
import type {Preset} from './presets/preset.js'
import {spotifyPreset} from './presets/spotify.js'
import {twitchPreset} from './presets/twitch.js'
import {webexPreset} from './presets/webex.js'
import {twitchScopes} from './twitch-scopes.js'

const presets: readonly Preset[] = [discordPreset, githubPreset, googlePreset, spotifyPreset, twitchPreset, webexPreset]

/** All presets, ordered by name. */
export const listPresets = (): readonly Preset[] => presets

export const findPreset = (name: string): Preset | undefined => presets.find((preset) => preset.name === name)

/** How people can log in at a service: by what its endpoints allow. Where there is a browser, pasting works too. */
export type LoginWay = 'browser' | 'device'

/** A preset as people and programs may see it. */
export interface PresetView extends Pick<Preset, 'name' | 'title' | 'registerUrl' | 'note' | 'scopes'> {
  logins: LoginWay[]
}

export function describePreset({name, title, registerUrl, note, scopes, deviceUrl}: Preset): PresetView {
  return {
    name,
    title,
    ...(registerUrl !== undefined && {registerUrl}),
    logins: deviceUrl === undefined ? ['browser'] : ['browser', 'device'],
    ...(note !== undefined && {note}),
    scopes,
  }
}

/** The scopes that exist, where that is known. */
export const knownScopesOf = (provider: Pick<Provider, 'dialect'>): readonly string[] | undefined =>
  provider.dialect === 'twitch' ? twitchScopes : undefined

/** Where each identity endpoint is below a base URL of one's own; Twitch's own layout. */
const layout = {
  authorizeUrl: 'authorize',
  tokenUrl: 'token',
  deviceUrl: 'device',
  revokeUrl: 'revoke',
  validateUrl: 'validate',
  userinfoUrl: 'userinfo',
  jwksUrl: 'keys',
} as const

/**
 * A preset for a stand-in of its service: the identity endpoints that the preset has, all below `base`.
 * Takes whatever has such endpoints and changes nothing else of it, but the issuer.
 */
export function applyIdentityUrl<P extends Partial<Pick<Preset, keyof typeof layout | 'issuer'>>>(
  preset: P,
  base: string,
): P {
  const root = base.replace(/\/+$/, '')
  const moved = Object.entries(layout)
    .filter(([key]) => preset[key as keyof typeof layout] !== undefined)
    .map(([key, path]) => [key, `${root}/${path}`] as const)
  return {...preset, ...Object.fromEntries(moved), ...(preset.issuer !== undefined && {issuer: root})}
}
