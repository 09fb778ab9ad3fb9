import {readFileSync} from 'node:fs'

import type {Provider} from '../model/provider.js'
import {expandRow, type Preset, type PresetRow} from './presets/preset.js'
import {listTwitchScopes} from './twitch-scopes.js'

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

/** The scopes that exist, where that is known. */
export const knownScopesOf = (provider: Pick<Provider, 'dialect'>): readonly string[] | undefined =>
  provider.dialect === 'twitch' ? listTwitchScopes() : undefined

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
