import {checkCommandName} from './check-command-name.js'
import {EXIT_CODES} from './exit-codes.js'
import {findHelp} from './find-help.js'
import {describeProgram, readManifest} from './package-files.js'
import {errorJson, isFailedOutput, isLostTerminal, isPlannedExit, toBehalfError} from './present-error.js'
import type {CommandClass} from './run-command.js'

type Commands = Record<string, () => Promise<{default: CommandClass}>>

/** The command that the first words of `argv` name, and how many words that takes: `bot token LOGIN` two. */
function findCommand(argv: string[], root: string, commands: Commands): {id: string; words: number} | undefined {
  for (const words of [2, 1]) {
    const id = argv.slice(0, words).join(':')
    if (Object.hasOwn(commands, id)) return {id, words}
  }
  const name = argv.slice(0, 2).join(':')
  const aliased = Object.values(readManifest(root).commands).find(({aliases}) => aliases.includes(name))
  return aliased && {id: aliased.id, words: 2}
}

/** What everyone runs first is answered without loading what commands need: the version, help, a slip of the finger. */
async function runArguments(argv: string[], root: string, commands: Commands): Promise<void> {
  if (argv[0] === '--version') {
    process.stdout.write(`${describeProgram(root)}\n`)
    return
  }
  const wantsHelp = hasFlag(argv, '--help') || hasFlag(argv, '-h')
  const found = wantsHelp ? undefined : findCommand(argv, root, commands)
  if (!found) {
    const aliases = Object.values(readManifest(root).commands).flatMap((command) => command.aliases)
    checkCommandName(argv, [...Object.keys(commands), ...aliases])
    process.stdout.write(await findHelp(root, argv, process.stdout))
    return
  }
  const loaded = await commands[found.id]?.()
  if (!loaded) return
  const {runCommand} = await import('./run-command.js')
  await runCommand(loaded.default, {id: found.id, argv: argv.slice(found.words), root})
}

/** Whether the flag is given; what stands behind `--` is no flag. */
function hasFlag(argv: string[], flag: string): boolean {
  const end = argv.indexOf('--')
  return argv.slice(0, end < 0 ? undefined : end).includes(flag)
}

/** Commands have told of their own failures; what is left failed before there was one, such as a name that none has. */
async function endCode(thrown: unknown, argv: string[]): Promise<number> {
  if (isPlannedExit(thrown)) return thrown.oclif.exit ?? 0
  const error = toBehalfError(thrown, 'behalf --help')
  // What stdout does not take would be lost there.
  const json = hasFlag(argv, '--json') && !isFailedOutput(thrown)
  if (json) {
    process.stdout.write(`${JSON.stringify(errorJson(error), null, 2)}\n`)
  } else {
    const {sayFailure} = await import('./say-failure.js')
    sayFailure(error, process.stderr, !hasFlag(argv, '--no-color'))
  }
  return EXIT_CODES[error.code]
}

/** Runs what the process's arguments say. `root` is the package's folder, `commands` all commands by id (`bot:token`). */
export async function launch(root: string, commands: Commands): Promise<void> {
  const argv = process.argv.slice(2)
  const failures: unknown[] = []
  const end = async (thrown: unknown) => process.exit(await endCode(thrown, argv))
  // A closed pipe ends the output, and is no failure: `behalf --help | head -1`.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
  // Such as a full disk under stdout, of which streams tell by an event. oclif ignores closed pipes, and throws the rest.
  process.on('uncaughtException', (error) => {
    if (isLostTerminal(error)) return
    failures.push(error)
    void end(error)
  })
  try {
    await runArguments(argv, root, commands)
    // What stdout did not take is told in the next turn.
    await new Promise(setImmediate)
    // Left to itself Node takes the whole heap down first, which takes 5 ms.
    if (failures.length === 0 && process.stdout.writableLength === 0) process.exit()
  } catch (error) {
    await end(error)
  }
}
