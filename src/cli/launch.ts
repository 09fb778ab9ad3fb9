import {type Config, flush, run} from '@oclif/core'
import {setLogger} from '@oclif/core/logger'

import {BareConfig, silentLogger} from './bare-config.js'
import {checkCommandName} from './check-command-name.js'
import {EXIT_CODES} from './exit-codes.js'
import {errorJson, isFailedOutput, isLostTerminal, isPlannedExit, toBehalfError} from './present-error.js'
import {sayFailure} from './say-failure.js'

/** A command's class. `_run` is what oclif's static `run` calls, once it has loaded the configuration. */
interface CommandClass {
  new (argv: string[], config: Config): {_run(): Promise<unknown>}
  id: string
}

type Commands = Record<string, () => Promise<{default: CommandClass}>>

/** How many of the first words of `argv` name a command: `bot token LOGIN` two. 0 when help is wanted, or for none. */
function countNameWords(argv: string[], commands: Commands): number {
  if (hasFlag(argv, '--help') || hasFlag(argv, '-h')) return 0
  return [2, 1].find((count) => Object.hasOwn(commands, argv.slice(0, count).join(':'))) ?? 0
}

/** Runs a command without further ado; help and the version are all oclif's. */
async function runArguments(argv: string[], root: string, commands: Commands): Promise<void> {
  const words = countNameWords(argv, commands)
  const id = argv.slice(0, words).join(':')
  const loaded = await commands[id]?.()
  if (!loaded) {
    checkCommandName(argv, Object.keys(commands))
    return run(argv, {root}) as Promise<void>
  }
  setLogger({root, logger: silentLogger})
  const command = loaded.default
  command.id = id
  await new command(argv.slice(words), new BareConfig(root))._run()
}

/** Whether the flag is given; what stands behind `--` is no flag. */
function hasFlag(argv: string[], flag: string): boolean {
  const end = argv.indexOf('--')
  return argv.slice(0, end < 0 ? undefined : end).includes(flag)
}

/** Commands have told of their own failures; what is left failed before there was one, such as a name that none has. */
function endCode(thrown: unknown, argv: string[]): number {
  if (isPlannedExit(thrown)) return thrown.oclif.exit ?? 0
  const error = toBehalfError(thrown, 'behalf --help')
  // What stdout does not take would be lost there.
  const json = hasFlag(argv, '--json') && !isFailedOutput(thrown)
  if (json) process.stdout.write(`${JSON.stringify(errorJson(error), null, 2)}\n`)
  else sayFailure(error, process.stderr, !hasFlag(argv, '--no-color'))
  return EXIT_CODES[error.code]
}

/** Runs what the process's arguments say. `root` is the package's folder, `commands` all commands by id (`bot:token`). */
export async function launch(root: string, commands: Commands): Promise<void> {
  const argv = process.argv.slice(2)
  // Such as a full disk under stdout, of which streams tell by an event. oclif ignores closed pipes, and throws the rest.
  process.on('uncaughtException', (error) => {
    if (!isLostTerminal(error)) process.exit(endCode(error, argv))
  })
  try {
    await runArguments(argv, root, commands)
    await flushOutput()
  } catch (error) {
    process.exit(endCode(error, argv))
  }
}

/** oclif's flush waits for a drain, which never comes once the reader has gone: Node then gives up with exit code 13. */
async function flushOutput(): Promise<void> {
  if (!process.stdout.writable) return
  const closed = new Promise((resolve) => process.stdout.once('error', resolve))
  await Promise.race([flush(), closed])
}
