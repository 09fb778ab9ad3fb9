import type {z} from 'zod'

import {EXIT_CODES} from '../../src/cli/exit-codes.js'
import {EXIT_MEANINGS, SETTINGS} from '../reference.js'
import {COMMAND_OUTPUTS, type CommandOutput} from './commands.js'
import {error} from './operation.js'
import {linkTo, renderShapes, renderTable, shapeName} from './render-shapes.js'

/**
 * The parts of docs/contract.md that are made of the code, by the name of their markers.
 * @param commands Ids of the commands that take `--json`.
 */
export function renderParts(commands: readonly string[]): Record<string, string> {
  return {
    'exit-codes': renderExitCodes(),
    settings: renderTable(
      ['variable', 'meaning', 'default'],
      SETTINGS.map(({names, meaning, default: otherwise}) => [names.map(code).join(', '), meaning, otherwise]),
    ),
    commands: renderTable(
      ['command', 'prints with `--json`'],
      commands.map((id) => [code(`behalf ${id.replaceAll(':', ' ')}`), describeOutput(outputOf(id))]),
    ),
    shapes: renderShapes([error, ...commands.flatMap((id) => schemasOf(outputOf(id)))]),
  }
}

const code = (text: string): string => `\`${text}\``

function outputOf(id: string): CommandOutput {
  const output = COMMAND_OUTPUTS[id]
  if (output) return output
  throw new Error(`build/contract/commands.ts does not say what ${id} prints with --json`)
}

function renderExitCodes(): string {
  const codes = Object.entries(EXIT_CODES)
  const rows = EXIT_MEANINGS.map(([number, meaning]) => {
    const named = codes.filter(([, exit]) => number.split(', ').includes(String(exit))).map(([name]) => code(name))
    return [number, meaning, named.join(', ')]
  })
  const missing = codes.filter(
    ([, exit]) => !EXIT_MEANINGS.some(([number]) => number.split(', ').includes(String(exit))),
  )
  if (missing.length > 0) throw new Error(`build/reference.ts does not say what exit code ${String(missing[0])} means`)
  return renderTable(['code', 'meaning', 'error codes'], rows)
}

function describeOutput(output: CommandOutput): string {
  switch (output.kind) {
    case 'object':
      return `${linkTo(shapeName(output.schema))}${output.note === undefined ? '' : `: ${output.note}`}`
    case 'one-of':
      return output.options.map(({when, schema}) => `${when}: ${linkTo(shapeName(schema))}`).join('; ')
    case 'lines':
      return `${linkTo(shapeName(output.schema))}: ${output.note}`
    case 'foreign':
      return output.note
  }
}

function schemasOf(output: CommandOutput): z.ZodType[] {
  switch (output.kind) {
    case 'object':
    case 'lines':
      return [output.schema]
    case 'one-of':
      return output.options.map(({schema}) => schema)
    case 'foreign':
      return []
  }
}
