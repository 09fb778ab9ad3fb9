import type {PointsRequest} from '../../src/model/points.js'

/** A made-up change: ten points for alice, from the terminal. */
export const makePointsRequest = (parts: Partial<PointsRequest> = {}): PointsRequest => ({
  user: 'alice',
  step: {kind: 'add', points: 10},
  floor: 0,
  by: undefined,
  why: undefined,
  at: 1_800_000_000_000,
  idempotency: undefined,
  ...parts,
})

export const add = (points: number, parts: Partial<PointsRequest> = {}): PointsRequest =>
  makePointsRequest({step: {kind: 'add', points}, ...parts})

export const set = (points: number, parts: Partial<PointsRequest> = {}): PointsRequest =>
  makePointsRequest({step: {kind: 'set', points}, ...parts})
