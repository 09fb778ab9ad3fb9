import {BehalfError} from './behalf-error.js'
import type {ReplayMode} from './provider.js'
import {SECOND_MS} from './time.js'

/** `safe`, `grace:30`, `probe`, `last-resort`. @throws BehalfError `invalid-input`. */
export function parseReplayMode(text: string): ReplayMode {
  if (text === 'safe' || text === 'probe' || text === 'last-resort') return {kind: text}
  const [, seconds] = /^grace:(\d{1,6})$/.exec(text) ?? []
  if (seconds !== undefined && Number(seconds) > 0) return {kind: 'grace', graceMs: Number(seconds) * SECOND_MS}
  throw new BehalfError('invalid-input', `“${text.slice(0, 40)}” is not a way to take a repeated refresh token.`, {
    hint: 'Use safe, grace:SECONDS, probe or last-resort.',
  })
}

export const describeReplayMode = (replay: ReplayMode): string =>
  replay.kind === 'grace' ? `grace:${String(replay.graceMs / SECOND_MS)}` : replay.kind
