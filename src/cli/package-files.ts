import {readFileSync} from 'node:fs'
import {join} from 'node:path'

export interface ManifestFlag {
  name: string
  char?: string
  summary?: string
  description?: string
  type: 'boolean' | 'option'
  allowNo?: boolean
  multiple?: boolean
  options?: string[]
  hidden?: boolean
}

export interface ManifestArg {
  name: string
  description?: string
  options?: string[]
  /** Takes this word and all that follow. */
  multiple?: boolean
}

export interface ManifestCommand {
  /** Words with colons between them: `bot:token`. */
  id: string
  summary?: string
  hidden?: boolean
  aliases: string[]
  flags: Record<string, ManifestFlag>
  /** In the order in which they are typed. */
  args: Record<string, ManifestArg>
  /** False where anything may follow. */
  strict?: boolean
}

export interface CommandManifest {
  commands: Record<string, ManifestCommand>
  /** What stands before the names of several commands, such as `bot`, and what it is about. */
  topics: Record<string, string>
}

/** What is in package.json, as far as it is asked for here. */
interface PackageJson {
  name: string
  version: string
  oclif: {topics: Record<string, {description: string}>}
}

/** What the build wrote down of every command. `root` is the package's folder. */
export function readManifest(root: string): CommandManifest {
  const {commands} = readJson(root, 'oclif.manifest.json') as Pick<CommandManifest, 'commands'>
  const {oclif} = readJson(root, 'package.json') as PackageJson
  const topics = Object.entries(oclif.topics).map(([name, {description}]) => [name, description])
  return {commands, topics: Object.fromEntries(topics) as Record<string, string>}
}

/** Help as the build wrote it, for 80 columns and with colours, by the words that name a command or topic. */
export const readHelp = (root: string): Record<string, string> =>
  readJson(root, 'dist/help.json') as Record<string, string>

/** `behalf/1.0.0 linux-x64 node-v24.0.0`. */
export function describeProgram(root: string): string {
  const {name, version} = readJson(root, 'package.json') as PackageJson
  return `${name}/${version} ${process.platform}-${process.arch} node-${process.version}`
}

const readJson = (root: string, file: string): unknown => JSON.parse(readFileSync(join(root, file), 'utf8'))
