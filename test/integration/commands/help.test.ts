import assert from 'node:assert/strict'
import {readdirSync} from 'node:fs'
import {join, sep} from 'node:path'

import type {Command} from '@oclif/core'
import {Config, type Interfaces} from '@oclif/core'

interface CommandClass {
  new (argv: string[], config: Config): Command
  id: string
  summary?: string
  examples?: (string | {description: string; command: string})[]
  args: Record<string, {description?: string}>
  flags: Record<string, {summary?: string}>
  baseFlags: Record<string, {summary?: string}>
}

const COMMANDS = join(import.meta.dirname, '../../../src/commands')
const PJSON = {name: 'behalf', version: '0.0.0', oclif: {bin: 'behalf', topicSeparator: ' '}} as Interfaces.PJSON

const names = readdirSync(COMMANDS, {recursive: true, encoding: 'utf8'})
  .filter((path) => path.endsWith('.ts'))
  .map((path) => path.slice(0, -'.ts'.length).split(sep))

/** The words of a shell line, quotes taken off; enough for examples. */
const splitLine = (line: string): string[] =>
  [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, single, double, bare]) => single ?? double ?? bare ?? '')

describe('the help of', () => {
  let config: Config
  before(async () => {
    config = await Config.load({root: COMMANDS, pjson: PJSON, userPlugins: false})
  })

  for (const name of names) {
    describe(name.join(' '), () => {
      let CommandUnderTest: CommandClass
      before(async () => {
        const loaded = (await import(`${COMMANDS}/${name.join('/')}.ts`)) as {default: CommandClass}
        CommandUnderTest = loaded.default
      })

      it('says in a sentence what it does, and what each argument and flag is', () => {
        assert.match(CommandUnderTest.summary ?? '', /^[A-Z].{10,100}\.$/)
        for (const [arg, {description}] of Object.entries(CommandUnderTest.args))
          assert.match(description ?? '', /\.$/, arg)
        for (const [flag, {summary}] of Object.entries({...CommandUnderTest.flags, ...CommandUnderTest.baseFlags})) {
          assert.match(summary ?? '', /\.$/, flag)
        }
      })

      it('has examples that the command takes as they stand', async () => {
        const examples = (CommandUnderTest.examples ?? []).map((example) =>
          typeof example === 'string' ? example : example.command,
        )
        assert.ok(examples.length > 0)
        for (const example of examples) {
          // A shell joins what a backslash breaks.
          const whole = example.replaceAll(/\\\n\s*/g, '')
          const line = whole.replaceAll('<%= config.bin %>', 'behalf').replaceAll('<%= command.id %>', name.join(' '))
          const own = new RegExp(`behalf ${name.join(' ')}([^|<>)]*)`).exec(line)?.[1]
          assert.ok(own !== undefined, line)
          const command = new CommandUnderTest(splitLine(own), config)
          await (command as unknown as {parse(options: unknown): Promise<unknown>}).parse(CommandUnderTest)
        }
      })
    })
  }
})
