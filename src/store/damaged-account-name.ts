import type {NamedAccount} from '../model/account-name.js'

/**
 * What can still be said of an account whose record is damaged: what its key says, and what is readable of the rest. It
 * stays among the names, so that whoever means it gets no other account instead (design 7, rule 9).
 */
export function guessAccountName(record: unknown, key: string): NamedAccount {
  const [, provider = key, mark, rest = ''] = /^([^:@]*)([:@])(.*)$/s.exec(key) ?? []
  const fields: Partial<Record<string, unknown>> = typeof record === 'object' && record !== null ? {...record} : {}
  // One that has the key of another account has the rest of that one too.
  const read = (name: string): string => (fields.key === key && typeof fields[name] === 'string' ? fields[name] : '')
  const isUser = mark === '@'
  return {
    key,
    provider,
    userId: isUser ? read('userId') : rest,
    login: read('login'),
    // Who it was is not known: the one that more depends on.
    role: isUser ? 'user' : read('role') === 'bot' ? 'bot' : 'owner',
    ...(isUser && {subject: rest}),
    isDamaged: true,
  }
}
