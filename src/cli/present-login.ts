import {accountJson} from '../model/account-json.js'
import type {LoginResult} from '../compose.js'

export function loginJson({account, created, missingScopes, cannotRefresh}: LoginResult): Record<string, unknown> {
  return {account: accountJson(account), created, missing_scopes: missingScopes, cannot_refresh: cannotRefresh}
}

/** What a person should know about a login beside that it went well. */
export function loginWarnings({missingScopes, cannotRefresh}: LoginResult): string[] {
  const warnings = []
  if (missingScopes.length > 0) warnings.push(`Not granted: ${missingScopes.join(' ')}`)
  if (cannotRefresh) warnings.push('The provider gave no refresh token: when this token ends, log in again.')
  return warnings
}
