import type {HubotBrainEntry} from '../compose.js'
import {EXIT_CODES} from './exit-codes.js'

type Outcome = HubotBrainEntry['outcome']

const WORDS: Record<Outcome, string> = {
  imported: 'imported',
  present: 'has given one here already, which stays',
  unreadable: 'cannot be read with this secret',
  refused: 'refused',
  'not-tried': 'not tried',
}

/** Whether all is well for that person now. */
export const isTakenOver = ({outcome}: HubotBrainEntry): boolean => outcome === 'imported' || outcome === 'present'

/** What became of one credential. */
export function brainLine({subject, outcome, login, reason}: HubotBrainEntry): string {
  const who = login === undefined ? subject : `${subject} (${login})`
  return `${who}: ${WORDS[outcome]}${reason === undefined ? '' : `: ${reason}`}`
}

/** What may pass by itself wins over what a person must mend: the same import will do more next time. */
export function brainExitCode(entries: HubotBrainEntry[]): number {
  if (entries.some(({outcome}) => outcome === 'not-tried')) return EXIT_CODES.unavailable
  return entries.every(isTakenOver) ? 0 : EXIT_CODES['credential-refused']
}

export const brainJson = (entries: HubotBrainEntry[]): Record<string, unknown> => ({
  credentials: entries.map(({userId, subject, outcome, login, reason}) => ({
    user_id: userId,
    subject,
    outcome,
    login: login ?? null,
    reason: reason ?? null,
  })),
})
