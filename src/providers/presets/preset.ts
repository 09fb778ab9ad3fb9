import type {Provider} from '../../model/provider.js'

/** What is known of a service before anyone registers a client there. */
export interface Preset extends PresetSettings {
  /** The service's name as it writes it. */
  title: string
  /** What someone who registers a client there should know. */
  note?: string
  /** What stands in its URLs as `{name}` and differs from person to person. */
  options?: Record<string, PresetOption>
  /** How its tokens are renewed; for people. */
  refresh?: RefreshHabit
  /** Where it was compared with the service's own documentation. Without this nobody has. */
  documented?: Documentation
}

/** What a provider takes from its preset. */
export type PresetSettings = Omit<
  Provider,
  'preset' | 'clientId' | 'clientSecret' | 'credentialsFrom' | 'callbackUrl' | 'addressesFrom'
>

export interface PresetOption {
  /** `label`: a name, which may have dots. `address`: a host, with a port or a path if need be. */
  is: 'label' | 'address'
  /** What to give, as the end of a sentence. */
  about: string
  /** What it is unless somebody says otherwise. */
  default?: string
}

export interface RefreshHabit {
  /** Which refresh token comes with a refresh; `none`: tokens are not refreshed at all. */
  token: 'new' | 'same' | 'none' | 'unknown'
  /** How long an access token usually lives. Without this: no end, or not documented. */
  accessTokenHours?: number
}

export interface Documentation {
  /** The day of the comparison, as in `2026-11-22`. */
  on: string
  sources: string[]
  /** Settings of this row that the sources do not confirm. */
  unverified?: string[]
}

/** A row of the data files. What it leaves out is what most services have; a list of scopes is for every role. */
export type PresetRow = Pick<Preset, 'name' | 'title'> &
  Partial<Omit<Preset, 'name' | 'title' | 'scopes'>> & {scopes?: string[] | Provider['scopes']}

export function expandRow({scopes = {}, ...row}: PresetRow): Preset {
  return {
    dialect: 'rfc',
    credentialKinds: ['oauth2'],
    authMethod: 'post',
    // RFC 9700 2.1.1: it is sent whether or not it is announced; servers ignore what they do not know.
    pkce: row.credentialKinds?.[0] !== 'oauth1',
    scopeSeparator: ' ',
    // Careful where nothing is known: what may end more than one token is not done unasked.
    revokeEnds: 'grant',
    authorizeParams: {},
    consentParams: {},
    ...row,
    scopes: Array.isArray(scopes) ? {owner: scopes, bot: [...scopes], user: [...scopes]} : scopes,
  }
}

/** The preset without what is said of it to people. */
export function settingsOf(preset: Preset): PresetSettings {
  const {
    title: _title,
    note: _note,
    options: _options,
    refresh: _refresh,
    documented: _documented,
    ...settings
  } = preset
  return settings
}
