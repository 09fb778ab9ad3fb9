import {type Config, flush} from '@oclif/core'
import {setLogger} from '@oclif/core/logger'

import {BareConfig, silentLogger} from './bare-config.js'

/** `_run` is what oclif's static `run` calls, once it has loaded the configuration. */
export interface CommandClass {
  new (argv: string[], config: Config): {_run(): Promise<unknown>}
  id: string
}

/** Runs a command to its end, with no more of oclif than it needs. `root` is the package's folder. */
export async function runCommand(
  command: CommandClass,
  {id, argv, root}: {id: string; argv: string[]; root: string},
): Promise<void> {
  setLogger({root, logger: silentLogger})
  command.id = id
  await new command(argv, new BareConfig(root))._run()
  await flushOutput()
}

/** oclif's flush waits for a drain, which never comes once the reader has gone: Node then gives up with exit code 13. */
async function flushOutput(): Promise<void> {
  if (!process.stdout.writable) return
  const closed = new Promise((resolve) => process.stdout.once('error', resolve))
  await Promise.race([flush(), closed])
}
