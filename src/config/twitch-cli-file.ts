import {existsSync} from 'node:fs'
import {homedir, platform} from 'node:os'
import {join} from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

const FILE_NAME = '.twitch-cli.env'

/**
 * Where twitch-cli keeps its settings: in `~/.twitch-cli` if there is such a folder, as its first versions had it, else
 * in `twitch-cli` where the system keeps those of a user.
 */
export function findTwitchCliFile(environment: Environment = process.env): string {
  const home = environment.HOME || homedir()
  const former = join(home, '.twitch-cli')
  if (existsSync(former)) return join(former, FILE_NAME)
  return join(configFolder(environment, home), 'twitch-cli', FILE_NAME)
}

function configFolder(environment: Environment, home: string): string {
  if (platform() === 'darwin') return join(home, 'Library/Application Support')
  return environment.XDG_CONFIG_HOME || join(home, '.config')
}
