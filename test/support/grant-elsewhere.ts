import {issueUserTokens, recordGrant} from '../../src/sandbox/oauth/issue-tokens.js'
import type {Client} from '../../src/sandbox/records.js'
import type {Sandbox} from '../../src/sandbox/start-sandbox.js'

/** What a bot is granted; one that another program has logged in. */
export const GRANTED_ELSEWHERE = ['user:bot', 'user:read:chat']

/** Tokens that the sandbox gives for `login` to another program with the same client, in the clear. */
export async function grantElsewhere(
  {state}: Sandbox,
  client: Client,
  login: string,
): Promise<{accessToken: string; refreshToken: string}> {
  const user = state.findUserByLogin(login)
  if (user === undefined) throw new Error(`The sandbox knows no ${login}`)
  const scopes = GRANTED_ELSEWHERE
  recordGrant(state, client.id, user.id, scopes)
  const request = {clientId: client.id, userId: user.id, scopes, claims: {idToken: [], userinfo: []}}
  const tokens = await issueUserTokens(state, client, request)
  return {accessToken: tokens.access_token, refreshToken: tokens.refresh_token ?? ''}
}
