import assert from 'node:assert/strict'

import type {NewAccount} from '../../src/model/account.js'
import type {OAuth2Credential} from '../../src/model/credential.js'

/** The tokens of an account that must be there, and have some. */
export function tokensOf(account: Pick<NewAccount, 'credential'> | undefined): OAuth2Credential {
  assert.equal(account?.credential.kind, 'oauth2')
  return account.credential
}
