import type {EpochMs} from './time.js'

/** ISO 8601, in UTC. */
export const isoTime = (at: EpochMs): string => new Date(at).toISOString()

/** The fields of an optional time; none when there is no such time. */
export const timeField = (name: string, at: EpochMs | undefined): Record<string, string> =>
  at === undefined ? {} : {[name]: isoTime(at)}
