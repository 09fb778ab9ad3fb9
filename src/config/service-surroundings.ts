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
  /^(?:BEHALF_(?:ALLOW_PRIVATE_ADDRESSES|CALLBACK_URL|LISTEN|PUBLIC_URL|LOG_LEVEL|[A-Z0-9_]+_CLIENT_ID)|TWITCH_CLIENT_ID)$/
const PATHS = /^(?:BEHALF_SECRET_FILE|BEHALF_SOCKET|NODE_EXTRA_CA_CERTS|XDG_(?:DATA|CONFIG|STATE|CACHE)_HOME)$/
const SECRETS = /^(?:BEHALF_SECRET|BEHALF_[A-Z0-9_]+_CLIENT_SECRET|TWITCH_CLIENT_SECRET)$/

/** The unit's name, for `systemctl`. */
export const UNIT_NAME = 'behalf.service'

/** `BEHALF_STORE` is not carried: where the store is stands in the command line. */
export function readServiceSurroundings(environment: Environment = process.env): ServiceSurroundings {
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
        if (CARRIED.test(name)) return [[name, value]]
        return PATHS.test(name) ? [[name, name.startsWith('XDG_') ? value : resolve(value)]] : []
      }),
    ),
    withheld: set.map(([name]) => name).filter((name) => SECRETS.test(name)),
  }
}
