import type {CredentialKind} from '../model/credential.js'
import type {Preset, PresetOption, RefreshHabit} from './presets/preset.js'

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
