import {isUtf8} from 'node:buffer'

import {BehalfError} from '../model/behalf-error.js'
import type {EpochMs} from '../model/time.js'
import {damagedStore, foreignStore, incomingStore, movedStore, newerStore} from './document-errors.js'
import * as shape from './shape.js'
import {fit, isObject, Misfit, type Shape} from './shape.js'
import {wrappedKeysShape, type WrappedKeys} from './store-keys.js'

const DOCUMENT_FORMAT = 'behalf-store'
/** Of a document that is on its way: not to be used, and foreign to whoever does not know of moves. */
const INCOMING_FORMAT = 'behalf-store-incoming'
const MOVED_FORMAT = 'behalf-store-moved'
const DOCUMENT_VERSION = 1

export const SECTION_NAMES = ['accounts', 'providers', 'providerStates', 'flows', 'apiTokens'] as const
export type SectionName = (typeof SECTION_NAMES)[number]

/** Records by key, as they are kept. Each is checked when it is used, so that one fault does not hide 9,999 accounts. */
export type Section = ReadonlyMap<string, unknown>
export type Sections = Readonly<Record<SectionName, Section>>

/** What a move (`behalf store migrate`) has to do with a document. */
export interface DocumentMove {
  /** `incoming`: being filled; `moved`: given up, and nothing of it is written any more. */
  readonly kind: 'incoming' | 'moved'
  /** Of this move among all others. */
  readonly id: string
  /** Where from, or where to; without credentials. */
  readonly other: string
}

/** The JSON store's one document. Never changed in place: readers hold on to it. */
export interface StoreDocument {
  /** Goes up with every write. */
  readonly sequence: number
  /**
   * The inode number of the file it was written to, by which a copy is told from the original.
   * `null` on a file system whose inode numbers do not last; undefined before the first write.
   */
  readonly inode: string | null | undefined
  /** The inode number of the file it was read from. Not stored. */
  readonly foundInode: string | undefined
  readonly writtenAt: EpochMs | undefined
  /** Undefined before the first write. */
  readonly keys: WrappedKeys | undefined
  /** When expired flows were collected last, by any process. */
  readonly flowsCollectedAt?: EpochMs | undefined
  readonly sections: Sections
  /** Undefined for one in use. */
  readonly move?: DocumentMove | undefined
}

const sectionShape: Shape<Readonly<Record<string, unknown>>> = (value) => {
  if (!isObject(value)) throw new Misfit()
  return value
}

const shellShape = shape.object({
  sequence: shape.integer({min: 0}),
  inode: shape.nullable(shape.text),
  writtenAt: shape.number(),
  keys: wrappedKeysShape,
  flowsCollectedAt: shape.optional(shape.number()),
  accounts: sectionShape,
  providers: sectionShape,
  providerStates: sectionShape,
  flows: sectionShape,
  apiTokens: sectionShape,
})

export function createEmptyDocument(): StoreDocument {
  const none = (): Section => new Map()
  return {
    sequence: 0,
    inode: undefined,
    foundInode: undefined,
    writtenAt: undefined,
    keys: undefined,
    sections: {accounts: none(), providers: none(), providerStates: none(), flows: none(), apiTokens: none()},
  }
}

const moveShape = shape.object({id: shape.text, other: shape.text})
const movedShape = shape.object({sequence: shape.integer({min: 0}), writtenAt: shape.number(), move: moveShape})

/**
 * Reads a stored document that is in use.
 * @throws BehalfError `store-damaged`, `store-foreign`, `store-newer`, `store-moved`.
 */
export async function parseDocument(bytes: Buffer, path: string, foundInode: string): Promise<StoreDocument> {
  const document = await parseAnyDocument(bytes, path, foundInode)
  if (document.move?.kind === 'incoming') throw incomingStore(path, document.move)
  if (document.move?.kind === 'moved') throw movedStore(path, document.move.other)
  return document
}

/** Reads a stored document, on its way or not. @throws BehalfError `store-damaged`, `store-foreign`, `store-newer`. */
export async function parseAnyDocument(bytes: Buffer, path: string, foundInode: string): Promise<StoreDocument> {
  const parsed = await parseJson(bytes, path)
  const kind = isObject(parsed) ? kindOf(parsed.format) : undefined
  if (!isObject(parsed) || kind === undefined) throw foreignStore(path)
  const version = parsed.version
  if (typeof version === 'number' && version > DOCUMENT_VERSION) throw newerStore(path, version)
  if (version !== DOCUMENT_VERSION) throw await damagedStore(path, 'its version makes no sense')
  if (kind === 'moved') {
    const {move, ...rest} = await fitOrThrow(movedShape, parsed, path)
    return {...createEmptyDocument(), ...rest, move: {kind, ...move}}
  }
  const {sequence, inode, writtenAt, keys, flowsCollectedAt, ...sections} = await fitOrThrow(shellShape, parsed, path)
  const move = kind === 'live' ? undefined : await fitOrThrow(moveShape, parsed.move, path)
  return {
    sequence,
    inode,
    foundInode,
    writtenAt,
    keys,
    flowsCollectedAt,
    sections: mapSections((name) => new Map(Object.entries(sections[name]))),
    ...(move && {move: {kind: 'incoming', ...move}}),
  }
}

function kindOf(format: unknown): 'live' | DocumentMove['kind'] | undefined {
  if (format === DOCUMENT_FORMAT) return 'live'
  if (format === INCOMING_FORMAT) return 'incoming'
  return format === MOVED_FORMAT ? 'moved' : undefined
}

async function fitOrThrow<T>(shaped: Shape<T>, value: unknown, path: string): Promise<T> {
  const result = fit(shaped, value)
  if ('value' in result) return result.value
  throw await damagedStore(path, `\`${result.misfit}\` is missing or malformed`)
}

/** One record a line: people can read, search and compare it, and it costs little more than one long line. */
export function serializeDocument(document: StoreDocument): string {
  const {sequence, inode, writtenAt, keys, flowsCollectedAt, move} = document
  if (move?.kind === 'moved') return serializeMoved(document, move)
  if (inode === undefined || writtenAt === undefined || keys === undefined) {
    throw new BehalfError('internal', 'A document without keys or date was about to be written')
  }
  const head = {
    format: DOCUMENT_FORMAT,
    version: DOCUMENT_VERSION,
    sequence,
    inode,
    writtenAt,
    keys,
    ...(flowsCollectedAt !== undefined && {flowsCollectedAt}),
    ...(move && {format: INCOMING_FORMAT, move: {id: move.id, other: move.other}}),
  }
  const lines = linesOf(head)
  for (const name of SECTION_NAMES)
    lines.push(`  ${JSON.stringify(name)}: ${serializeSection(document.sections[name])}`)
  return joinLines(lines)
}

/** What takes the place of a document whose records are somewhere else. */
function serializeMoved({sequence, writtenAt}: StoreDocument, {id, other}: DocumentMove): string {
  return joinLines(linesOf({format: MOVED_FORMAT, version: DOCUMENT_VERSION, sequence, writtenAt, move: {id, other}}))
}

const linesOf = (head: object): string[] =>
  Object.entries(head).map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`)
const joinLines = (lines: string[]): string => `{\n${lines.join(',\n')}\n}\n`

export function mapSections(make: (name: SectionName) => Section): Sections {
  return {
    accounts: make('accounts'),
    providers: make('providers'),
    providerStates: make('providerStates'),
    flows: make('flows'),
    apiTokens: make('apiTokens'),
  }
}

function serializeSection(section: Section): string {
  if (section.size === 0) return '{}'
  const lines = Array.from(section, ([key, record]) => `    ${JSON.stringify(key)}: ${JSON.stringify(record)}`)
  return `{\n${lines.join(',\n')}\n  }`
}

async function parseJson(bytes: Buffer, path: string): Promise<unknown> {
  if (bytes.length === 0) throw await damagedStore(path, 'the file is empty')
  // The format comes first in what we write; a crash of some file systems leaves zeros.
  const looksLikeOurs = bytes.subarray(0, 64).includes(DOCUMENT_FORMAT) || bytes[0] === 0
  if (!isUtf8(bytes)) throw await (looksLikeOurs ? damagedStore(path, 'it is not valid UTF-8') : foreignStore(path))
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    throw await (looksLikeOurs ? damagedStore(path, 'its JSON breaks off or is malformed') : foreignStore(path))
  }
}
