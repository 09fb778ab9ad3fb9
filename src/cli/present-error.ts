import {BehalfError} from '../model/behalf-error.js'
import {nearestNames} from '../model/nearest-names.js'

interface CommandLineError extends Error {
  oclif: {exit?: number}
}

/** A note that oclif adds where a flag repeats; it is wrong for flags that take one value at a time, as ours do. */
const MULTIPLE_NOTE = /\n\nNote: --[^]*$/

const isFromOclif = (error: unknown): error is CommandLineError =>
  error instanceof Error && 'oclif' in error && typeof error.oclif === 'object' && error.oclif !== null

/** What oclif throws to end a command on purpose, as `--help` does. */
export const isPlannedExit = (error: unknown): error is CommandLineError =>
  isFromOclif(error) && 'code' in error && error.code === 'EEXIT'

/**
 * One shape for whatever a command threw: what oclif finds wrong with the arguments is `usage`,
 * and what nobody foresaw `internal`.
 * @param help the command that explains the arguments.
 * @param flags the names of those that there are, for suggestions.
 */
export function toBehalfError(error: unknown, help: string, flags: readonly string[] = []): BehalfError {
  if (error instanceof BehalfError) {
    const message = cleanParserMessage(error.message)
    const {hint, status, body, cause} = error
    if (message === error.message) return error
    return new BehalfError(error.code, message, {
      cause,
      body,
      ...(hint !== undefined && {hint}),
      ...(status !== undefined && {status}),
    })
  }
  if (isFromOclif(error) && error.oclif.exit === 2) {
    const message = cleanParserMessage(error.message)
    return new BehalfError('usage', message + suggestFlag(message, flags), {hint: help, cause: error})
  }
  const message = error instanceof Error ? error.message : String(error)
  if (isFailedOutput(error)) return new BehalfError('internal', `The output could not be written: ${message}.`)
  return new BehalfError('internal', `Something went wrong inside behalf: ${message}`, {
    hint: 'This is a fault of behalf’s own. Please report it, with what you typed.',
    cause: error,
  })
}

// eslint-disable-next-line no-control-regex
const COLOURS = /\u001b\[[\d;]*m/g

/** stdout or stderr, sent to a file on a full disk. */
export const isFailedOutput = (error: unknown): boolean =>
  error instanceof Error && 'syscall' in error && error.syscall === 'write' && !('path' in error)

/** The terminal was closed: a hang-up signal comes too, and ends the command once what it began is saved. */
export const isLostTerminal = (error: unknown): boolean =>
  isFailedOutput(error) && error instanceof Error && 'code' in error && error.code === 'EIO'

/** oclif puts `Parsing --flag` before and `See more help` behind what a flag's parser said. */
function cleanParserMessage(message: string): string {
  const named = /^Parsing (--[\w-]+) \n\t/.exec(message)
  const text = (named ? message.slice(named[0].length) : message)
    .replace(/\nSee more help with --help$/, '')
    .replace(MULTIPLE_NOTE, '')
    .replace(/^The following errors? occurred:\n\s*/, '')
    .replaceAll(COLOURS, '')
    .replace(/^Nonexistent flag: (.*)$/, 'There is no flag $1.')
    .replace(/^Nonexistent flags: (.*)$/, 'There are no flags $1.')
    .replaceAll(
      /^ *(--[\w-]+?)(?:=.*)? cannot also be provided when using (--[\w-]+)$/gm,
      '$1 and $2 exclude each other.',
    )
    .replace(/^Missing \d+ required args?:\n([^]*)$/, (_, list: string) => describeMissing(list))
  return named?.[1] === undefined ? text : `${named[1]}: ${text}`
}

/** Of a list of arguments, `login  Which account.`, in which long descriptions go on in lines of their own. */
function describeMissing(list: string): string {
  const missing = list.replaceAll(/\n {2,}/g, ' ').split('\n')
  return missing
    .map((line) => {
      const [name = '', ...description] = line.trim().split(/ +/)
      const [first = '', ...others] = description.join(' ')
      return `${name.toUpperCase()} is missing${first === '' ? '.' : `: ${first.toLowerCase()}${others.join('')}`}`
    })
    .join('\n')
}

function suggestFlag(message: string, flags: readonly string[]): string {
  const [, unknown] = /^There (?:is|are) no flags? --([\w-]+)/.exec(message) ?? []
  const nearest = unknown === undefined ? [] : nearestNames(unknown, flags)
  return nearest.length === 0 ? '' : ` Did you mean ${nearest.map((name) => `--${name}`).join(', ')}?`
}

/** For programs. Nothing but these fields: an error may carry more than may be seen. */
export function errorJson(error: BehalfError): {error: Record<string, unknown>} {
  const {code, message, hint, status, body} = error
  return {
    error: {
      code,
      message,
      ...(hint !== undefined && {hint}),
      ...(status !== undefined && {status}),
      ...(body !== undefined && {body}),
    },
  }
}
