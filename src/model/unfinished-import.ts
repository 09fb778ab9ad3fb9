import {nameOf, type NamedAccount} from './account-name.js'

/**
 * An import that has begun keeps its tokens under a key of its own until it is known whose they are: that of a subject
 * which no chat service has. So it is nobody's owner, bot or default, and is reached by this name alone.
 */
const SUBJECT_PREFIX = 'import:'

/** @param fingerprint Of the refresh token as it was given: the same import always finds the same record. */
export const importSubject = (fingerprint: string): string => SUBJECT_PREFIX + fingerprint.slice(0, 16)

export const isUnfinishedImport = ({subject}: {subject?: string}): boolean =>
  subject?.startsWith(SUBJECT_PREFIX) ?? false

/** The command that revokes and forgets what an unfinished import has kept. */
export const forgetImportCommand = (account: NamedAccount): string => `behalf logout ${nameOf(account)}`
