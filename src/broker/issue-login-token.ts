import {isWebLogin, type Flow} from '../model/flow.js'
import type {Secret} from '../model/secret.js'
import {HOUR_MS, type EpochMs} from '../model/time.js'
import type {BrokerDeps} from './broker-deps.js'
import {issueApiToken} from './issue-api-token.js'
import {loadProvider} from './load-provider.js'

type Deps = Pick<BrokerDeps, 'store' | 'clock' | 'random' | 'providers'>

const LOGIN_TOKEN_LIFE_MS = 2 * HOUR_MS

export interface LoginToken {
  token: Secret
  scope: string
  expiresAt: EpochMs
}

/**
 * Gives out, once, the API token of a web login that ended well, in the browser that began it: for that account alone,
 * and two hours (design 9).
 * @returns undefined for any other flow, and when it has been given out.
 */
export async function issueLoginToken(deps: Deps, flowId: string): Promise<LoginToken | undefined> {
  let account: string | undefined
  const flow = await deps.store.flows.update(flowId, (current) => {
    account = accountOf(current)
    return account === undefined ? undefined : {...current, tokenGiven: true}
  })
  const named = account === undefined ? undefined : await deps.store.accounts.name(account)
  if (!flow || named?.subject === undefined) return undefined
  const provider = await loadProvider(deps, flow.provider)
  const scope = provider.dialect === 'twitch' ? 'helix' : `api:${provider.name}`
  const {token} = await issueApiToken(deps, {
    name: `web login of ${named.login}`.slice(0, 100),
    scopes: [scope],
    as: [],
    keys: [named.key],
    asAny: false,
    issuedTo: `${provider.name}/subject:${named.subject}`,
    expiresInMs: LOGIN_TOKEN_LIFE_MS,
  })
  return {token, scope, expiresAt: deps.clock.now() + LOGIN_TOKEN_LIFE_MS}
}

function accountOf(flow: Flow): string | undefined {
  const {outcome, startPage, tokenGiven} = flow
  return isWebLogin(flow) && startPage && outcome?.kind === 'done' && !tokenGiven ? outcome.account : undefined
}
