import {Help, type Command, type Interfaces} from '@oclif/core'

import {BareConfig} from './bare-config.js'
import {readManifest} from './package-files.js'

/** What oclif's help asks of its configuration, from the manifest alone. */
class HelpConfig extends BareConfig {
  readonly #commands: Command.Loadable[]
  readonly #topics: Interfaces.Topic[]

  constructor(root: string) {
    super(root)
    const {commands, topics} = readManifest(root)
    // Of the machine that reads it nothing is said: the build renders this.
    this.userAgent = `${this.name}/${this.version}`
    // Default values that a flag tells of stand in the manifest: no command has to be loaded for them.
    this.#commands = Object.values(commands).map(
      (command) => ({...command, hasDynamicHelp: false}) as unknown as Command.Loadable,
    )
    const named = Object.entries(topics).map(([name, description]) => ({name, description}))
    const withCommands = this.#commands.map(({id, summary}) => ({
      name: id,
      ...(summary !== undefined && {description: summary}),
    }))
    this.#topics = [...named, ...withCommands]
  }

  override get commands(): Command.Loadable[] {
    return this.#commands
  }

  override get commandIDs(): string[] {
    return this.#commands.flatMap(({id, aliases}) => [id, ...aliases])
  }

  override get topics(): Interfaces.Topic[] {
    return this.#topics
  }

  override findCommand(id: string, options: {must: true}): Command.Loadable
  override findCommand(id: string, options?: {must: boolean}): Command.Loadable | undefined
  override findCommand(id: string): Command.Loadable | undefined {
    return this.#commands.find((command) => command.id === id || command.aliases.includes(id))
  }

  override findTopic(name: string, options: {must: true}): Interfaces.Topic
  override findTopic(name: string, options?: {must: boolean}): Interfaces.Topic | undefined
  override findTopic(name: string): Interfaces.Topic | undefined {
    return this.#topics.find((topic) => topic.name === name)
  }
}

/**
 * The help of a command, a topic or the whole program, by oclif, without loading what else oclif would load.
 * @param root the package's folder.
 * @param words those that name the command or topic.
 */
export async function renderHelp(root: string, words: readonly string[]): Promise<string> {
  const lines: string[] = []
  class CollectedHelp extends Help {
    protected override log(...texts: string[]): void {
      lines.push(`${texts.join(' ')}\n`)
    }
  }
  await new CollectedHelp(new HelpConfig(root)).showHelp([...words])
  return lines.join('')
}
