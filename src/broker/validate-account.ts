import type {Account, OAuth2Account} from '../model/account.js'
import type {Provider} from '../model/provider.js'
import {missingScopes} from '../model/scopes.js'
import {HOUR_MS, type EpochMs} from '../model/time.js'
import type {BrokerDeps} from './broker-deps.js'
import {updateOAuth2Account} from './update-oauth2-account.js'

export type ValidationResult =
  | {kind: 'live'; account: OAuth2Account; noticed: string[]}
  | {kind: 'dead'; account: OAuth2Account}
  | {kind: 'unavailable'; account: OAuth2Account; reason: string}

/** Twitch demands a validation at start and every hour. */
const VALIDATE_EVERY_MS = HOUR_MS

export function isValidationDue(account: Account, provider: Provider, now: EpochMs): boolean {
  const at = account.lastValidatedAt ?? -Infinity
  // One in the future was noted by a clock that has been set right since.
  const isRecent = at <= now && now < at + VALIDATE_EVERY_MS
  return provider.dialect === 'twitch' && account.state.kind === 'ok' && !isRecent
}

/** Asks the provider whether the account's access token lives, and notes a new login name or other scopes. */
export async function validateAccount(
  deps: Pick<BrokerDeps, 'store' | 'providerClient' | 'clock'>,
  account: OAuth2Account,
  provider: Provider,
): Promise<ValidationResult> {
  const {accessToken} = account.credential
  const validation = await deps.providerClient.validate(provider, accessToken)
  if (validation.kind === 'dead') return {kind: 'dead', account}
  if (validation.kind === 'unavailable') return {kind: 'unavailable', account, reason: validation.reason}
  if (validation.kind === 'unsupported') return {kind: 'live', account, noticed: []}

  await deps.store.accounts.noteValidated(account.key, deps.clock.now())
  const login = validation.login ?? account.login
  const scopes = validation.scopes ?? account.credential.scopes
  const lost = missingScopes(account.credential.scopes, scopes)
  const gained = missingScopes(scopes, account.credential.scopes)
  const noticed = [
    ...(login === account.login ? [] : [`it is called ${login} now`]),
    ...(lost.length === 0 ? [] : [`these scopes are gone: ${lost.join(' ')}`]),
  ]
  if (noticed.length === 0 && gained.length === 0) return {kind: 'live', account, noticed}
  const updated = await updateOAuth2Account(deps, account.key, (current) =>
    current.credential.accessToken.equals(accessToken)
      ? {...current, login, credential: {...current.credential, scopes}}
      : current,
  )
  return {kind: 'live', account: updated ?? account, noticed}
}
