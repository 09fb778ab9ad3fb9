import type {AdminSessionRecord} from '../../src/model/admin-session.js'

/** A made-up session of the admin page. */
export const makeAdminSession = (id: string, parts: Partial<AdminSessionRecord> = {}): AdminSessionRecord => ({
  id,
  kind: 'session',
  browser: 'made up',
  salt: 'made-up-salt',
  hmac: 'made-up-hmac',
  begunAt: 5,
  endsAt: 9,
  ...parts,
})
