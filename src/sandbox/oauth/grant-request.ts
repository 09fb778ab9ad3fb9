import {getParameter} from '../parameters.js'
import type {Client, User} from '../records.js'
import type {SandboxState} from '../state.js'
import {IdentityError} from './identity-error.js'

/** What a grant is exchanged with. */
export interface GrantRequest {
  state: SandboxState
  client: Client
  parameters: URLSearchParams
  /** Tells the log whose call it was. */
  noteUser: (user: User | undefined) => void
}

/** @throws IdentityError as `/token` and `/device` do */
export function requireClient(state: SandboxState, clientId: string | undefined): Client {
  if (clientId === undefined) throw new IdentityError(400, 'missing client id')
  const client = state.clients.get(clientId)
  if (client === undefined) throw new IdentityError(400, 'invalid client')
  return client
}

/** @throws IdentityError when a confidential client's secret is missing or wrong */
export function checkSecret(client: Client, parameters: URLSearchParams): void {
  const secret = getParameter(parameters, 'client_secret')
  if (client.type === 'confidential' && secret === undefined) throw new IdentityError(400, 'missing client secret')
  // A public client has no secret that could be right.
  if (secret !== undefined && secret !== client.secret) throw new IdentityError(403, 'invalid client secret')
}
