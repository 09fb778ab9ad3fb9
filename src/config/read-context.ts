import {isUtf8} from 'node:buffer'
import {closeSync, constants, fstatSync, lstatSync, openSync, readSync, type Stats} from 'node:fs'
import {dirname, join} from 'node:path'

import * as z from 'zod/mini'

import {OWNER_CONTEXT, type AccountContext} from '../model/account-context.js'
import {BehalfError} from '../model/behalf-error.js'
import {quoteWord} from '../model/shell-words.js'
import type {Settings} from './settings.js'

/** Names the account on whose behalf commands act in a folder and all below it. */
const FILE_NAME = '.behalf.json'

const MAX_FILE_BYTES = 64 * 1024

const name = z.string().check(z.minLength(1), z.maxLength(256))

/** What a later version puts in besides is left alone. */
const contextSchema = z.object({as: z.exactOptional(name), provider: z.exactOptional(name)})

export interface ContextReading {
  context: AccountContext
  /** Of files that were ignored, and why. */
  warnings: string[]
}

/**
 * Who acts where a command does not say: `BEHALF_AS`, else what the nearest `.behalf.json` says, from `folder` upwards.
 * The file counts whole: where `BEHALF_AS` is set, its provider says nothing either. One that someone else could have
 * written is ignored, as if it were not there.
 * @param folder Undefined when the working folder is gone.
 * @throws BehalfError `configuration` naming the file that cannot be read, and what is wrong with it.
 */
export function readContext(settings: Pick<Settings, 'as'>, folder = findWorkingFolder()): ContextReading {
  if (settings.as !== undefined) {
    return {context: {as: settings.as, source: {kind: 'environment', variable: 'BEHALF_AS'}}, warnings: []}
  }
  const warnings: string[] = []
  for (const path of folder === undefined ? [] : listPlaces(folder)) {
    const reading = readFile(path)
    if (reading === undefined) continue
    if (reading.kind === 'read')
      return {context: {...parse(reading.bytes, path), source: {kind: 'file', path}}, warnings}
    warnings.push(`${path} is ignored: ${reading.why}`)
  }
  return {context: OWNER_CONTEXT, warnings}
}

function findWorkingFolder(): string | undefined {
  try {
    return process.cwd()
  } catch {
    return undefined
  }
}

/** Where the file may be, the nearest place first. */
function listPlaces(folder: string): string[] {
  const parent = dirname(folder)
  return [join(folder, FILE_NAME), ...(parent === folder ? [] : listPlaces(parent))]
}

type FileReading = {kind: 'read'; bytes: Buffer} | {kind: 'ignored'; why: string}

/** Undefined where there is none, or where nobody may look. */
function readFile(path: string): FileReading | undefined {
  const entry = lookAt(path)
  if (entry === undefined) return undefined
  const foreign = findForeignOwner(entry, entry.isSymbolicLink() ? 'the link' : 'it')
  if (foreign !== undefined) return {kind: 'ignored', why: foreign}
  try {
    return readOwn(path)
  } catch (error) {
    throw malformed(path, `cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`, error)
  }
}

function lookAt(path: string): Stats | undefined {
  try {
    return lstatSync(path)
  } catch {
    return undefined
  }
}

/** What is judged is what is read: the open file. Waits for no one at the other end of a pipe. */
function readOwn(path: string): FileReading {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const file = fstatSync(descriptor)
    const why = file.isFile() ? findWriter(file, path) : 'it is not a file.'
    if (why !== undefined) return {kind: 'ignored', why}
    const buffer = Buffer.alloc(MAX_FILE_BYTES + 1)
    let length = 0
    for (let read = -1; read !== 0 && length < buffer.length; length += read) {
      read = readSync(descriptor, buffer, length, buffer.length - length, null)
    }
    return {kind: 'read', bytes: buffer.subarray(0, length)}
  } finally {
    closeSync(descriptor)
  }
}

/** Why someone else may have written the file. */
function findWriter(file: Stats, path: string): string | undefined {
  const writableByOthers = (file.mode & (constants.S_IWGRP | constants.S_IWOTH)) !== 0
  return (
    findForeignOwner(file, 'it') ??
    (writableByOthers ? `others can write to it. To mend that: chmod go-w ${quoteWord(path)}` : undefined)
  )
}

function findForeignOwner({uid}: Stats, what: string): string | undefined {
  // Without user ids (Windows) there is nothing to compare.
  const own = process.getuid?.() ?? uid
  return uid === own || uid === 0 ? undefined : `${what} belongs to someone else.`
}

function parse(bytes: Buffer, path: string): Pick<AccountContext, 'as' | 'provider'> {
  if (bytes.length > MAX_FILE_BYTES) throw malformed(path, 'is longer than 64 KiB')
  if (!isUtf8(bytes)) throw malformed(path, 'is not UTF-8 text')
  const result = contextSchema.safeParse(parseJson(bytes.toString('utf8').replace(/^\ufeff/, ''), path))
  if (result.success) return result.data
  const field = result.error.issues[0]?.path[0]
  throw malformed(
    path,
    field === undefined ? 'is not a JSON object' : `has a malformed “${String(field)}”: it is a name`,
  )
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw malformed(path, `is not JSON: ${error instanceof Error ? error.message : String(error)}`, error)
  }
}

const malformed = (path: string, why: string, cause?: unknown): BehalfError =>
  new BehalfError('configuration', `${path} ${why}.`, {
    cause,
    hint: 'Write it like {"as":"techydrroid","provider":"twitch"}, or delete it.',
  })
