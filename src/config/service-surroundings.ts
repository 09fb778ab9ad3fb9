import {homedir} from 'node:os'
import {isAbsolute, join, resolve} from 'node:path'

/** What a service manager is to be told of the surroundings that `service` was called in. */
export interface ServiceSurroundings {
  homeFolder: string
  /** Where systemd looks for the units of a user. */
  unitPath: string
  /** Variables that hold for the service as well. None is a secret; paths are absolute. */
  environment: Record<string, string>
  /** Names of variables that hold a secret and would be missed. */
  withheld: string[]
}

type Environment = Readonly<Record<string, string | undefined>>

const CARRIED =
  /^(?:BEHALF_(?:ALLOW_PRIVATE_ADDRESSES|CALLBACK_URL|LISTEN|PUBLIC_URL|LOG_LEVEL|REDIS_(?:CLUSTER|SENTINELS|MASTER|USERNAME|TLS)|[A-Z0-9_]+_CLIENT_ID)|TWITCH_CLIENT_ID)$/
const PATHS =
  /^(?:BEHALF_SECRET_FILE|BEHALF_SOCKET|BEHALF_REDIS_CA_FILE|NODE_EXTRA_CA_CERTS|XDG_(?:DATA|CONFIG|STATE|CACHE)_HOME)$/
const SECRETS =
  /^(?:BEHALF_SECRET|BEHALF_REDIS_(?:SENTINEL_)?PASSWORD|BEHALF_[A-Z0-9_]+_CLIENT_SECRET|TWITCH_CLIENT_SECRET)$/

/** What may say where a Redis is; a URL may have a password in it. */
const REDIS_ADDRESSES = /^(?:BEHALF_STORE|REDIS_HOST|REDIS_TLS_URL|REDIS_URL)$/

/** The unit's name, for `systemctl`. */
export const UNIT_NAME = 'behalf.service'

/**
 * Where a file is the store, it stands in the command line and `BEHALF_STORE` is not carried.
 * @param options isRedis: what says where a Redis is holds for the service as well.
 */
export function readServiceSurroundings(
  {isRedis}: {isRedis: boolean},
  environment: Environment = process.env,
): ServiceSurroundings {
  const set = Object.entries(environment)
    .filter((pair): pair is [string, string] => pair[1] !== undefined && pair[1] !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1))
  const homeFolder = environment.HOME || homedir()
  const configHome = environment.XDG_CONFIG_HOME ?? ''
  const configFolder = isAbsolute(configHome) ? configHome : join(homeFolder, '.config')
  return {
    homeFolder,
    unitPath: join(configFolder, 'systemd', 'user', UNIT_NAME),
    environment: Object.fromEntries(
      set.flatMap(([name, value]) => {
        if (isRedis && REDIS_ADDRESSES.test(name)) return hasPassword(value) ? [] : [[name, value]]
        if (CARRIED.test(name)) return [[name, value]]
        return PATHS.test(name) ? [[name, name.startsWith('XDG_') ? value : resolve(value)]] : []
      }),
    ),
    withheld: set
      .filter(([name, value]) => SECRETS.test(name) || (isRedis && REDIS_ADDRESSES.test(name) && hasPassword(value)))
      .map(([name]) => name),
  }
}

const hasPassword = (address: string): boolean => address.includes('@')
