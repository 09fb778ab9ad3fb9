import type {BrokerDeps} from './broker/broker-deps.js'
import type {PointsChangeInput, PointsHistory} from './broker/points.js'
import type {PointsBalance, PointsOutcome} from './model/points.js'

export type {PointsBalance, PointsHistory, PointsOutcome}

/** The ledger, for who is at the terminal. */
export interface PointsActions {
  changePoints(input: Omit<PointsChangeInput, 'by'>): Promise<PointsOutcome>
  showPoints(input: {user: string}): Promise<PointsBalance>
  topPoints(input: {limit: number}): Promise<PointsBalance[]>
  pointsHistory(input: {user: string; limit: number; before?: number}): Promise<PointsHistory>
}

/** Loaded when it is first used. */
export function bindPointsActions(deps: BrokerDeps): PointsActions {
  const loadPoints = async () => import('./broker/points.js')
  return {
    changePoints: async (input) => (await loadPoints()).changePoints(deps, {...input, by: undefined}),
    showPoints: async (input) => (await loadPoints()).showPoints(deps, input),
    topPoints: async (input) => (await loadPoints()).topPoints(deps, input),
    pointsHistory: async (input) => (await loadPoints()).pointsHistory(deps, input),
  }
}
