import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import {type Command, flush, handle, type Interfaces, Plugin, run} from '@oclif/core'

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

/** Runs the command that the process's arguments name. `root` is the package's folder. */
export async function launch(root: string): Promise<void> {
  const argv = process.argv.slice(2)
  try {
    await run(argv, chooseOptions(root, argv))
    await flush()
  } catch (error) {
    await handle(error as Error)
  }
}
