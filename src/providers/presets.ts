import {readFileSync} from 'node:fs'

import type {CredentialKind} from '../model/credential.js'
import type {Provider} from '../model/provider.js'
import {expandRow, type Preset, type PresetOption, type PresetRow, type RefreshHabit} from './presets/preset.js'
import {twitchScopes} from './twitch-scopes.js'

/** Read from disk on first use, and apart: the presets that commands need in a hurry are among the few. */
let verified: readonly Preset[] | undefined
let derived: readonly Preset[] | undefined

/** Those that were held against their services' documentation. */
const listVerified = (): readonly Preset[] =>
  (verified ??= readRows(new URL('./presets/verified.json', import.meta.url)))

/** Those that were taken over from grant's list (`presets/grant-license.txt`). */
const listDerived = (): readonly Preset[] => (derived ??= readRows(new URL('./presets/derived.json', import.meta.url)))

/** A test checks the shape of both files. */
const readRows = (file: URL): Preset[] => (JSON.parse(readFileSync(file, 'utf8')) as PresetRow[]).map(expandRow)

/** All presets, ordered by name. */
export const listPresets = (): readonly Preset[] =>
  [...listVerified(), ...listDerived()].sort((a, b) => (a.name < b.name ? -1 : 1))

/** Its URLs may hold options, for `fillPreset`. */
export function findPreset(name: string): Preset | undefined {
  const isMeant = (preset: Preset): boolean => preset.name === name
  return listVerified().find(isMeant) ?? listDerived().find(isMeant)
}

/** How people can log in at a service: by what its endpoints allow. Where there is a browser, pasting works too. */
export type LoginWay = 'browser' | 'device'

/** A preset as people and programs may see it. */
export interface PresetView extends Pick<Preset, 'name' | 'title' | 'registerUrl' | 'note' | 'scopes'> {
  logins: LoginWay[]
  credentialKinds: CredentialKind[]
  /** Whether it was held against the service's documentation: `sources` says where, `unverified` what is not found there. */
  verified: boolean
  checkedOn?: string
  sources: string[]
  unverified: string[]
  options: (PresetOption & {name: string})[]
  refresh?: RefreshHabit
}

export function describePreset(preset: Preset): PresetView {
  const {name, title, registerUrl, note, scopes, deviceUrl, credentialKinds, options = {}, documented, refresh} = preset
  return {
    name,
    title,
    ...(registerUrl !== undefined && {registerUrl: fillDefaults(registerUrl, options)}),
    logins: deviceUrl === undefined ? ['browser'] : ['browser', 'device'],
    credentialKinds,
    verified: documented !== undefined,
    ...(documented && {checkedOn: documented.on}),
    sources: documented?.sources ?? [],
    unverified: documented?.unverified ?? [],
    options: Object.entries(options).map(([option, about]) => ({name: option, ...about})),
    ...(refresh && {refresh}),
    ...(note !== undefined && {note}),
    scopes,
  }
}

const fillDefaults = (url: string, options: NonNullable<Preset['options']>): string =>
  url.replace(/\{([a-z]+)\}/g, (whole, name: string) => options[name]?.default ?? whole)

/** The scopes that exist, where that is known. */
export const knownScopesOf = (provider: Pick<Provider, 'dialect'>): readonly string[] | undefined =>
  provider.dialect === 'twitch' ? twitchScopes : undefined

/** Where each identity endpoint is below a base URL of one's own; Twitch's own layout. */
const layout = {
  requestTokenUrl: 'request-token',
  authorizeUrl: 'authorize',
  tokenUrl: 'token',
  deviceUrl: 'device',
  deviceTokenUrl: 'device-token',
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
