import {homedir} from 'node:os'
import {join, resolve} from 'node:path'

import {BehalfError} from '../model/behalf-error.js'
import type {Provider} from '../model/provider.js'
import {Secret} from '../model/secret.js'
import {readHubotJenkins} from './hubot-settings.js'
import {readSwitch} from './read-switch.js'
import {isRedisName, readRedisPlace, type GivenText} from './redis-settings.js'
import type {StorePlace} from './store-place.js'

/** Where the sealing secret comes from. */
export type SealingSecretSource =
  {kind: 'inline'; value: Secret} | {kind: 'file'; path: string} | {kind: 'default-key-file'; path: string}

/** Client credentials that the environment gives for a provider; they win over the store. */
export interface ProviderOverride {
  name: string
  /** All there is to know of it, where the store has no provider of that name. */
  settings?: Omit<Provider, 'name' | 'credentialsFrom'>
  clientId?: string
  clientSecret?: Secret
}

/** Everything that is set from outside, checked. */
export interface Settings {
  store: StorePlace
  sealingSecret: SealingSecretSource
  providerOverrides: ProviderOverride[]
  /** Undefined when not set: then the default applies after a provider's own. */
  callbackUrl?: string
  /** `BEHALF_ALLOW_PRIVATE_ADDRESSES`: URLs set over HTTP may lead to this machine and private networks. */
  allowPrivateAddresses: boolean
  /** `BEHALF_AS`: on whose behalf `helix` and `api` act without `--as`. */
  as?: string
}

export const DEFAULT_CALLBACK_URL = 'http://localhost:8420/callback'

type Environment = Readonly<Record<string, string | undefined>>

export interface SettingFlags {
  /** `--store`, or what a program says in its place. */
  store?: string | GivenText
}

/**
 * Reads the settings. This folder alone reads the environment.
 * @param flags What the command line says; it wins.
 * @throws BehalfError `configuration`, naming the variable.
 */
export function readSettings(flags: SettingFlags = {}, environment: Environment = process.env): Settings {
  const read = (name: string): string | undefined => {
    const value = environment[name]
    return value === undefined || value === '' ? undefined : value
  }
  const callbackUrl = read('BEHALF_CALLBACK_URL')
  if (callbackUrl !== undefined) checkCallbackUrl(callbackUrl, 'BEHALF_CALLBACK_URL')
  const as = read('BEHALF_AS')
  return {
    store: readStorePlace(flags.store, read),
    sealingSecret: readSealingSecret(read),
    providerOverrides: readProviderOverrides(environment),
    allowPrivateAddresses: readSwitch('BEHALF_ALLOW_PRIVATE_ADDRESSES', read),
    ...(callbackUrl !== undefined && {callbackUrl}),
    ...(as !== undefined && {as}),
  }
}

type Read = (name: string) => string | undefined

function readStorePlace(flag: SettingFlags['store'], read: Read): StorePlace {
  const given = giveStore(flag, read)
  if (given === undefined) return {kind: 'json', path: join(dataHome(read), 'behalf', 'store.json')}
  if (given.isAddress === true || isRedisName(given.text)) return readRedisPlace(given, read, dataHome(read))
  if (given.text === '' || given.text.includes('\0')) {
    throw new BehalfError('configuration', `${given.source} is not a file path.`, {hint: 'Name a file.'})
  }
  const path = resolve(given.text)
  return {kind: 'json', path: /\.[^/.]+$/.test(path) ? path : `${path}.json`}
}

function giveStore(flag: SettingFlags['store'], read: Read): GivenText | undefined {
  if (typeof flag === 'object') return flag
  if (flag !== undefined) return {text: flag, source: '--store'}
  const text = read('BEHALF_STORE')
  return text === undefined ? undefined : {text, source: 'BEHALF_STORE'}
}

function readSealingSecret(read: Read): SealingSecretSource {
  const inline = read('BEHALF_SECRET')
  const file = read('BEHALF_SECRET_FILE')
  if (inline !== undefined && file !== undefined) {
    throw new BehalfError('configuration', 'Both BEHALF_SECRET and BEHALF_SECRET_FILE are set.', {
      hint: 'Unset one of them.',
    })
  }
  if (inline !== undefined) return {kind: 'inline', value: new Secret(inline)}
  if (file !== undefined) return {kind: 'file', path: resolve(file)}
  return {kind: 'default-key-file', path: join(configHome(read), 'behalf', 'secret.key')}
}

/** XDG base directories: relative values are to be ignored (XDG Base Directory Specification 0.8). */
const dataHome = (read: Read): string => absolute(read('XDG_DATA_HOME')) ?? join(home(read), '.local', 'share')
const configHome = (read: Read): string => absolute(read('XDG_CONFIG_HOME')) ?? join(home(read), '.config')
const home = (read: Read): string => read('HOME') ?? homedir()
const absolute = (path: string | undefined): string | undefined => (path?.startsWith('/') ? path : undefined)

const OVERRIDE = /^BEHALF_([A-Z0-9_]+)_CLIENT_(ID|SECRET)$/

/** Variables of other programs that say the same: client id and secret. `BEHALF_…` wins over them. */
const FOREIGN_VARIABLES = {
  twitch: {ID: 'TWITCH_CLIENT_ID', SECRET: 'TWITCH_CLIENT_SECRET'},
  twitter: {ID: 'HUBOT_TWITTER_CONSUMER_KEY', SECRET: 'HUBOT_TWITTER_CONSUMER_SECRET'},
}

/** `BEHALF_<PROVIDER>_CLIENT_ID` and `_CLIENT_SECRET`, and what other programs call them; `HUBOT_JENKINS_URL`. */
function readProviderOverrides(environment: Environment): ProviderOverride[] {
  const overrides = new Map<string, ProviderOverride>()
  const lay = (name: string, kind: string, value: string) => {
    const text = value.trim()
    const override = overrides.get(name) ?? {name}
    if (kind === 'ID') override.clientId = text
    else override.clientSecret = new Secret(text)
    overrides.set(name, override)
  }
  const jenkins = readHubotJenkins(environment)
  if (jenkins) overrides.set(jenkins.name, jenkins)
  for (const [name, variables] of Object.entries(FOREIGN_VARIABLES)) {
    for (const [kind, variable] of Object.entries(variables)) {
      const value = environment[variable]
      if (value) lay(name, kind, value)
    }
  }
  for (const [variable, value] of Object.entries(environment)) {
    const [, name, kind] = OVERRIDE.exec(variable) ?? []
    if (name !== undefined && kind !== undefined && value) lay(name.toLowerCase().replaceAll('_', '-'), kind, value)
  }
  return [...overrides.values()]
}

/** @throws BehalfError `configuration` naming `source`. */
export function checkCallbackUrl(text: string, source: string): void {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.hash !== '') {
    throw new BehalfError(
      'configuration',
      `${source} is not a redirect URI: an http or https URL without a fragment.`,
      {
        hint: `The default is ${DEFAULT_CALLBACK_URL}.`,
      },
    )
  }
}
