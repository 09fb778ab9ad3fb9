import {accountJson} from '../model/account-json.js'
import type {Removal} from '../compose.js'
import {nameOf} from '../model/account-name.js'

export function removalJson({account, revoked, connectionsUrl}: Removal): Record<string, unknown> {
  return {
    account: accountJson(account),
    revoked,
    ...(connectionsUrl !== undefined && {connections_url: connectionsUrl}),
  }
}

export function removalLine({account, revoked, connectionsUrl}: Removal): string {
  const where = connectionsUrl === undefined ? '' : ` End it at ${connectionsUrl}.`
  const grant = revoked ? 'its access is revoked.' : `its access at ${account.provider} was not revoked.${where}`
  return `${nameOf(account)} is forgotten; ${grant}`
}
