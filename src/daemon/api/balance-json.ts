import type {PointsBalance} from '../../model/points.js'

/** What someone has, as clients of such bots expect it. */
export const balanceJson = ({user, points}: PointsBalance) => ({name: user, points: String(points)})
