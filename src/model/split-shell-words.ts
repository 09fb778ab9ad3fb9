import {BehalfError} from './behalf-error.js'

/** What a shell would do more with, outside quotes: pipes, redirections, variables, several commands. */
const NEEDS_SHELL = /[|&;<>()`$\n]/

/**
 * Splits a command line into words as a POSIX shell does (2.2 Quoting), and does nothing else of what a shell would.
 * @throws BehalfError `invalid-input` for what only a shell could carry out, an open quote, or no word at all.
 */
export function splitShellWords(line: string): string[] {
  const words: string[] = []
  let word: string | undefined
  let rest = line
  while (rest !== '') {
    const [part = '', blank, single, double, escaped] =
      /^(?:([ \t]+)|'([^']*)'|"((?:[^"\\]|\\[^])*)"|\\([^])|[^'"\\ \t])/.exec(rest) ?? []
    if (part === '') throw malformed('A quote is not closed.')
    rest = rest.slice(part.length)
    if (blank !== undefined) {
      if (word !== undefined) words.push(word)
      word = undefined
      continue
    }
    const isQuoted = single !== undefined || escaped !== undefined
    if (double !== undefined ? /(?:^|[^\\])(?:\\\\)*[$`]/.test(double) : !isQuoted && NEEDS_SHELL.test(part)) {
      throw malformed(`“${part.slice(0, 40)}” means something to a shell alone, and none is used.`)
    }
    word = (word ?? '') + (single ?? double?.replaceAll(/\\(["\\$`])/g, '$1') ?? escaped ?? part)
  }
  if (word !== undefined) words.push(word)
  if (words[0] === undefined || words[0] === '') throw malformed('There is no program in it.')
  return words
}

const malformed = (message: string): BehalfError =>
  new BehalfError('invalid-input', message, {
    hint: "Quote it, or name a shell for what needs one: sh -c '…'",
  })
