import {BehalfError} from '../model/behalf-error.js'
import {Secret} from '../model/secret.js'

/** Questions to a person at a terminal, asked on stderr. Rejects with `interrupted` on Ctrl-C or when `signal` aborts. */
export interface Prompts {
  /** `check` says what is wrong with an answer, or nothing. */
  askText(question: string, options: AskOptions & {check?: (answer: string) => string | undefined}): Promise<string>
  /** The answer is not echoed. Undefined when it is empty. */
  askSecret(question: string, options: AskOptions): Promise<Secret | undefined>
  /** `isLikely`: what the Return key alone means. Default: no. */
  confirm(question: string, options: AskOptions & {isLikely?: boolean}): Promise<boolean>
  /** One of several, the first being where the cursor stands. */
  choose<T extends string>(question: string, choices: Choice<T>[], options: AskOptions): Promise<T>
  /** One of many: a person types part of its title or value to find it. */
  search<T extends string>(question: string, choices: Choice<T>[], options: AskOptions): Promise<T>
}

export interface Choice<T extends string> {
  value: T
  title: string
}

export interface AskOptions {
  signal: AbortSignal
}

export function createPrompts(): Prompts {
  return {
    async askText(message, {signal, check}) {
      const {input} = await import('@inquirer/prompts')
      const validate = (answer: string) => check?.(answer) ?? true
      return ask(input({message, validate}, {output: process.stderr, signal}))
    },
    async askSecret(message, {signal}) {
      const {password} = await import('@inquirer/prompts')
      const answer = (await ask(password({message, mask: '*'}, {output: process.stderr, signal}))).trim()
      return answer === '' ? undefined : new Secret(answer)
    },
    async confirm(message, {signal, isLikely = false}) {
      const {confirm} = await import('@inquirer/prompts')
      return ask(confirm({message, default: isLikely}, {output: process.stderr, signal}))
    },
    async choose(message, choices, {signal}) {
      const {select} = await import('@inquirer/prompts')
      const lines = choices.map(({value, title}) => ({value, name: title}))
      return ask(select({message, choices: lines}, {output: process.stderr, signal}))
    },
    async search(message, choices, {signal}) {
      const {search} = await import('@inquirer/prompts')
      const lines = choices.map(({value, title}) => ({value, name: title}))
      const source = (term = '') => findLines(lines, term.trim().toLowerCase())
      return ask(search({message, source}, {output: process.stderr, signal}))
    },
  }
}

/** What begins with the term stands first. */
function findLines<Line extends {value: string; name: string}>(lines: Line[], term: string): Line[] {
  const found = lines.filter(({value, name}) => `${value} ${name}`.toLowerCase().includes(term))
  const begins = ({value}: Line): boolean => value.startsWith(term)
  return [...found.filter(begins), ...found.filter((line) => !begins(line))]
}

/** At a prompt the terminal is in raw mode: Ctrl-C comes as a key and not as a signal. */
async function ask<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof Error && (error.name === 'ExitPromptError' || error.name === 'AbortPromptError')) {
      throw new BehalfError('interrupted', 'Interrupted.', {cause: error})
    }
    throw error
  }
}
