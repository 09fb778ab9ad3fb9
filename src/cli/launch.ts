import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import {type Command, flush, type Interfaces, Plugin, run} from '@oclif/core'

import {EXIT_CODES} from './exit-codes.js'
import {errorJson, isPlannedExit, toBehalfError} from './present-error.js'
import {sayFailure} from './say-failure.js'

type Manifest = NonNullable<Plugin['manifest']>

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))

/**
 * behalf as oclif's only plugin, made from the manifest alone. oclif's own discovery reads every plugin's package and
 * sorts and matches names: a third of the time that a short command takes (docs/decisions/0001-start-up.md).
 */
class BuiltPlugin extends Plugin {
  constructor(root: string, pjson: Interfaces.PJSON, manifest: Manifest) {
    super({root, pjson, isRoot: true})
    this.root = root
    this.pjson = pjson
    this.name = pjson.name
    this.alias = pjson.name
    this.version = pjson.version
    this.type = 'core'
    this.isRoot = true
    this.valid = true
    this.moduleType = 'module'
    this.hooks = {}
    this.hasManifest = true
    this.manifest = manifest
    this.commandIDs = Object.keys(manifest.commands)
    this.commands = Object.entries(manifest.commands).map(([id, command]) => ({
      ...command,
      pluginAlias: this.alias,
      pluginType: this.type,
      load: () => this.findCommand(id),
    }))
  }

  override async findCommand(id: string): Promise<Command.Class> {
    const path = join(this.root, ...(this.manifest.commands[id]?.relativePath ?? []))
    const {default: command} = (await import(pathToFileURL(path).href)) as {default: Command.Class}
    command.id = id
    command.plugin = this
    return command
  }
}

/** Whether `argv` begins with the name of one of the manifest's commands. */
function namesCommand(argv: string[], manifest: Manifest): boolean {
  const [first = '', second = ''] = argv
  return Object.hasOwn(manifest.commands, first) || Object.hasOwn(manifest.commands, `${first}:${second}`)
}

function chooseOptions(root: string, argv: string[]): Interfaces.LoadOptions {
  const manifestPath = join(root, 'oclif.manifest.json')
  if (!existsSync(manifestPath)) return {root}
  const manifest = readJson(manifestPath) as Manifest
  if (!namesCommand(argv, manifest)) return {root}
  const pjson = readJson(join(root, 'package.json')) as Interfaces.PJSON
  return {root, pjson, plugins: new Map([[pjson.name, new BuiltPlugin(root, pjson, manifest)]])}
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
  if (hasFlag(argv, '--json')) process.stdout.write(`${JSON.stringify(errorJson(error), null, 2)}\n`)
  else sayFailure(error, process.stderr, !hasFlag(argv, '--no-color'))
  return EXIT_CODES[error.code]
}

/** Runs the command that the process's arguments name. `root` is the package's folder. */
export async function launch(root: string): Promise<void> {
  const argv = process.argv.slice(2)
  // Such as a full disk under stdout, of which streams tell by an event. oclif ignores closed pipes, and throws the rest.
  process.on('uncaughtException', (error) => process.exit(endCode(error, argv)))
  try {
    await run(argv, chooseOptions(root, argv))
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
