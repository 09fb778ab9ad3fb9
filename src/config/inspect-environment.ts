import {nearestNames} from '../model/nearest-names.js'
import {hasDesktop} from './has-desktop.js'

/** Every variable with a fixed name that behalf, or a program that it serves, reads. */
export const KNOWN_VARIABLES = [
  'BEHALF_STORE',
  'BEHALF_REDIS_CLUSTER',
  'BEHALF_REDIS_SENTINELS',
  'BEHALF_REDIS_MASTER',
  'BEHALF_REDIS_USERNAME',
  'BEHALF_REDIS_PASSWORD',
  'BEHALF_REDIS_SENTINEL_PASSWORD',
  'BEHALF_REDIS_TLS',
  'BEHALF_REDIS_CA_FILE',
  'BEHALF_SECRET',
  'BEHALF_SECRET_FILE',
  'BEHALF_CALLBACK_URL',
  'BEHALF_ALLOW_PRIVATE_ADDRESSES',
  'BEHALF_AS',
  'BEHALF_LISTEN',
  'BEHALF_SOCKET',
  'BEHALF_PUBLIC_URL',
  'BEHALF_LOG_LEVEL',
  // What the callers of the daemon hold.
  'BEHALF_TOKEN',
] as const

const TWITCH_VARIABLES = ['TWITCH_CLIENT_ID', 'TWITCH_CLIENT_SECRET'] as const
const CLIENT_VARIABLE = /^BEHALF_[A-Z0-9_]+_CLIENT_(?:ID|SECRET)$/
/** What begins so is read by the tests. */
const TEST_PREFIX = 'BEHALF_TEST_'

/** Variables that bear on behalf. Values are not told: some are secrets. */
export interface EnvironmentReport {
  /** Those that are read and set to something. */
  set: string[]
  /** Those that look like behalf's and are read by nothing. */
  unknown: {name: string; meant?: string}[]
  /** Whether a browser has somewhere to open. */
  hasDesktop: boolean
}

/** @param providers names of services, whose client variables are among what may have been meant. */
export function inspectEnvironment(
  providers: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): EnvironmentReport {
  const known: readonly string[] = [...KNOWN_VARIABLES, ...TWITCH_VARIABLES]
  const isRead = (name: string): boolean => known.includes(name) || CLIENT_VARIABLE.test(name)
  const candidates = [...known, ...providers.flatMap(clientVariablesOf)]
  const names = Object.keys(environment).sort()
  return {
    set: names.filter((name) => isRead(name) && environment[name] !== ''),
    unknown: names
      .filter((name) => name.toUpperCase().startsWith('BEHALF') && !isRead(name) && !name.startsWith(TEST_PREFIX))
      .map((name) => {
        const [meant] = nearestNames(name, candidates)
        return meant === undefined ? {name} : {name, meant}
      }),
    hasDesktop: hasDesktop(environment, platform),
  }
}

function clientVariablesOf(provider: string): string[] {
  const name = provider.toUpperCase().replaceAll('-', '_')
  return [`BEHALF_${name}_CLIENT_ID`, `BEHALF_${name}_CLIENT_SECRET`]
}
