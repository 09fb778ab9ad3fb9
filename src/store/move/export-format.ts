import {BehalfError} from '../../model/behalf-error.js'
import {SECTION_NAMES} from '../document.js'
import type {RawRecord} from '../raw-store.js'
import {epochMsShape, optionalEpochMs} from '../record-parts.js'
import * as shape from '../shape.js'
import {fit, isObject, type Shape} from '../shape.js'
import type {BareKeys} from '../store-keys.js'

export const EXPORT_FORMAT = 'behalf-export'
export const EXPORT_VERSION = 1

const keyShape: Shape<Buffer> = (value) => Buffer.from(shape.matching(/^[\w-]{43}$/)(value), 'base64url')

const headShape = shape.object({
  exportedAt: epochMsShape,
  writtenAt: epochMsShape,
  flowsCollectedAt: optionalEpochMs,
  keys: shape.object({data: keyShape, token: keyShape, previous: shape.optional(keyShape)}),
})

const recordShape = shape.object({
  section: shape.oneOf([...SECTION_NAMES, 'points']),
  key: shape.text,
  value: (value: unknown) => value,
})

export interface ParsedExport {
  exportedAt: number
  writtenAt: number
  flowsCollectedAt?: number
  keys: BareKeys
  records: RawRecord[]
}

/**
 * Reads what was sealed: a line for what the store holds besides its records, then one for each record.
 * @throws BehalfError `store-foreign`, `store-newer`, `store-damaged`.
 */
export function parseExport(text: string, source: string): ParsedExport {
  const [first = '', ...lines] = text.trimEnd().split('\n')
  const head = parseLine(first, source)
  if (!isObject(head) || head.format !== EXPORT_FORMAT) throw foreignExport(source)
  if (typeof head.version === 'number' && head.version > EXPORT_VERSION) {
    throw new BehalfError(
      'store-newer',
      `${source} was exported by a newer behalf (its version is ${String(head.version)}, this one knows ${String(EXPORT_VERSION)})`,
      {
        hint: 'npm install --global behalf@latest',
      },
    )
  }
  const {records, ...rest} = {
    ...fitOrThrow(headShape, head, source),
    records: lines.map((line) => fitOrThrow(recordShape, parseLine(line, source), source)),
  }
  return {...rest, records}
}

export const foreignExport = (source: string): BehalfError =>
  new BehalfError('store-foreign', `${source} is not an export of behalf.`, {
    hint: 'Name a file that was made with: behalf store export',
  })

export const damagedExport = (source: string, cause?: unknown): BehalfError =>
  new BehalfError('store-damaged', `${source} is damaged or breaks off. Nothing was imported.`, {
    cause,
    hint: 'Take another copy of the export.',
  })

function fitOrThrow<T>(shaped: Shape<T>, value: unknown, source: string): T {
  const result = fit(shaped, value)
  if ('value' in result) return result.value
  throw damagedExport(source)
}

function parseLine(line: string, source: string): unknown {
  try {
    return JSON.parse(line)
  } catch (error) {
    throw damagedExport(source, error)
  }
}
