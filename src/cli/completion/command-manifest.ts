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

/** What the build wrote down of every command. `root` is the package's folder. */
export function readManifest(root: string): CommandManifest {
  const read = (file: string): unknown => JSON.parse(readFileSync(join(root, file), 'utf8'))
  const {commands} = read('oclif.manifest.json') as Pick<CommandManifest, 'commands'>
  const {oclif} = read('package.json') as {oclif: {topics: Record<string, {description: string}>}}
  const topics = Object.entries(oclif.topics).map(([name, {description}]) => [name, description])
  return {commands, topics: Object.fromEntries(topics) as Record<string, string>}
}
