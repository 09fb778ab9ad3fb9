/**
 * What a caller may say to an API in headers. Whatever says who the caller is stays out: `Authorization`, `Cookie`,
 * `X-Behalf-*`, keys, addresses (`Forwarded`), and so does what would change the method behind the scope's back.
 */
export const API_REQUEST_HEADERS: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-md5',
  'content-range',
  'content-type',
  'digest',
  'idempotency-key',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'pragma',
  'prefer',
  'range',
  'user-agent',
  // GitHub's version of its API, Discord's reason for the audit log, Google's resumable uploads.
  'x-audit-log-reason',
  'x-github-api-version',
  'x-upload-content-length',
  'x-upload-content-type',
])
