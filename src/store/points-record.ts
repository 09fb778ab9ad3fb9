import {BehalfError} from '../model/behalf-error.js'
import {MAX_POINTS, type PointsRecord} from '../model/points.js'
import {countShape, epochMsShape, optionalText} from './record-parts.js'
import * as shape from './shape.js'
import type {Shape, Shaped} from './shape.js'

export const POINTS_FORMAT = 'behalf-points'
export const POINTS_VERSION = 1

/** Where in a ledger a line is. */
export interface PointsPosition {
  segment: number
  /** In bytes. */
  offset: number
}

const pointsShape = shape.integer({min: -MAX_POINTS, max: MAX_POINTS})
const sequenceShape = shape.integer({min: 1})
const positionShape: Shape<PointsPosition> = shape.object({segment: sequenceShape, offset: countShape})

/** The first line of a segment. It is followed by `balances` of everyone, and `kept` changes of earlier segments. */
export const headShape = shape.object({
  format: shape.oneOf([POINTS_FORMAT]),
  version: shape.oneOf([POINTS_VERSION]),
  /** Of the last change before this segment. */
  sequence: countShape,
  balances: countShape,
  kept: countShape,
})
export type SegmentHead = Shaped<typeof headShape>

/** What someone has when a segment begins, and where their last change is. */
export const balanceShape = shape.object({user: shape.text, points: pointsShape, last: positionShape})
export type BalanceLine = Shaped<typeof balanceShape>

const recordFields = {
  sequence: sequenceShape,
  user: shape.text,
  change: pointsShape,
  points: pointsShape,
  at: epochMsShape,
  by: optionalText,
  why: optionalText,
  idempotency: shape.optional(shape.object({key: shape.text, request: shape.text})),
}

/** A change, as all stores keep it. */
export const recordShape: Shape<PointsRecord> = shape.object(recordFields)

/** A change, and where the one before of the same user is. */
export const changeShape: Shape<PointsRecord & {previous?: PointsPosition}> = shape.object({
  ...recordFields,
  previous: shape.optional(positionShape),
})
export type ChangeLine = Shaped<typeof changeShape>

export function toRecord({previous: _previous, ...record}: ChangeLine): PointsRecord {
  return record
}

/** Under what a change is found again by its idempotency key: each caller has keys of its own. */
export const markOf = (by: string | undefined, key: string): string => `${by ?? ''} ${key}`

export const unfitChange = (sequence: number): BehalfError =>
  new BehalfError(
    'invalid-input',
    `The change ${String(sequence)} of the points ledger does not follow from those before it.`,
  )
