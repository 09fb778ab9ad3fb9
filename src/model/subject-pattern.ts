import type {ApiToken} from './api-token.js'

/**
 * Chat users among the accounts that an API token may act as: `subject:slack:U02AB`, or with `*` behind a colon at the end
 * all of a chat service's, `subject:slack:*`; each possibly behind `PROVIDER/`. It holds for accounts that are linked
 * later too. No import that is not finished is meant (`unfinished-import.ts`).
 */
const PATTERN = /^(?:([a-z0-9][a-z0-9-]*)\/)?subject:(?!import:)([^\s\p{C}*]{0,199}(?:[^\s\p{C}*]|:\*))$/u

interface SubjectPattern {
  /** Undefined: any. */
  provider: string | undefined
  /** Ends in `*` where it is the beginning of what is meant. */
  subject: string
}

/** Undefined for what is none: the key or the name of an account. */
export function parseSubjectPattern(text: string): SubjectPattern | undefined {
  const [, provider, subject] = PATTERN.exec(text) ?? []
  return subject === undefined ? undefined : {provider, subject}
}

/** Whether an API token may act as this chat user at this provider, and so link an account to them. */
export const mayServeSubject = (
  {as}: Pick<ApiToken, 'as'>,
  {provider, subject}: {provider: string; subject: string},
): boolean => as.includes(`${provider}@${subject}`) || as.some((held) => coversSubjects(held, {provider, subject}))

/** Whether what an API token may act as has all of these chat users in it. */
export function coversSubjects(held: string, asked: SubjectPattern): boolean {
  const mine = parseSubjectPattern(held)
  if (mine === undefined || (mine.provider !== undefined && mine.provider !== asked.provider)) return false
  if (mine.subject === asked.subject) return true
  return mine.subject.endsWith('*') && asked.subject.startsWith(mine.subject.slice(0, -1))
}
