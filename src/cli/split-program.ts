import {BehalfError} from '../model/behalf-error.js'

/** The arguments of a command that runs a program, taken apart at the first `--`. */
export interface SplitArguments {
  /** Before it: the command's own. */
  own: string[]
  /** Behind it; undefined without a `--`. */
  program?: string[]
}

const WRITE_IT_SO = 'Write it like: behalf exec --as ACCOUNT -- PROGRAM [ARGUMENT…]'

export function splitProgram(argv: readonly string[]): SplitArguments {
  const at = argv.indexOf('--')
  return at < 0 ? {own: [...argv]} : {own: argv.slice(0, at), program: argv.slice(at + 1)}
}

/** What is wrong with the command's own arguments; without a `--` what was not understood may be the program's. */
export function explainArguments({program}: SplitArguments, error: unknown): unknown {
  if (program !== undefined || error instanceof BehalfError || !(error instanceof Error)) return error
  return new BehalfError('usage', error.message, {hint: WRITE_IT_SO, cause: error})
}

/**
 * The words of the program to run. One that is called without flags needs no `--`.
 * @param rest What the command's own flags left over.
 * @throws BehalfError `usage` without a program, or with two.
 */
export function checkProgram({program}: SplitArguments, rest: readonly string[]): string[] {
  const [stray] = program === undefined ? [] : rest
  if (stray !== undefined) {
    throw new BehalfError('usage', `“${stray.slice(0, 80)}” stands before the --, and is no flag of exec.`, {
      hint: WRITE_IT_SO,
    })
  }
  const words = [...(program ?? rest)]
  if (words[0] === undefined || words[0] === '') {
    throw new BehalfError('usage', 'There is no program to run.', {hint: WRITE_IT_SO})
  }
  return words
}
