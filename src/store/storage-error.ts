import {dirname} from 'node:path'

import {BehalfError, type ErrorCode} from '../model/behalf-error.js'
import {quoteWord} from '../model/shell-words.js'

/** Whether `error` is a failed system call with one of these codes. */
export function isErrno(error: unknown, ...codes: string[]): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}

/** What `link` says where there are no hard links, or not of this file. */
export const NO_LINK_ERRORS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV']

/** Passes a `BehalfError` on; says of any other failure what could not be done to which file, and what to do about it. */
export function toStorageError(error: unknown, action: 'read' | 'write' | 'lock', path: string): BehalfError {
  if (error instanceof BehalfError) return error
  const errno = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
  const {code, why, hint} = explain(errno, action, path)
  return new BehalfError(code, `Cannot ${action} ${path}: ${why} (${errno})`, {
    cause: error,
    ...(hint !== undefined && {hint}),
  })
}

function explain(errno: string, action: string, path: string): {code: ErrorCode; why: string; hint?: string} {
  switch (errno) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return {
        code: 'store-full',
        why: 'there is no space left for it; what was stored before is unharmed',
        hint: `df -h -- ${quoteWord(dirname(path))}`,
      }
    case 'EROFS':
      return {code: 'store-read-only', why: 'its file system is mounted read-only'}
    case 'EACCES':
    case 'EPERM':
      return {
        code: action === 'read' ? 'configuration' : 'store-read-only',
        why: 'this user has no permission to',
        hint: `ls -ld -- ${quoteWord(dirname(path))} ${quoteWord(path)}`,
      }
    case 'ENOTDIR':
    case 'ELOOP':
    case 'ENAMETOOLONG':
    case 'EISDIR':
      return {
        code: 'configuration',
        why: 'the path does not lead to a file',
        hint: 'Name another file with --store or BEHALF_STORE.',
      }
    case 'ENOLCK':
    case 'ENOSYS':
    case 'ENOTSUP':
    case 'EOPNOTSUPP':
      return {
        code: 'configuration',
        why: 'its file system cannot do that',
        hint: 'Name a file on a local disk with --store or BEHALF_STORE.',
      }
    default:
      return {code: 'internal', why: 'the system refused'}
  }
}
