import {requireScope} from '../../broker/authorize-caller.js'
import type {AdminSession} from './admin-env.js'

type Viewer = Pick<AdminSession, 'delegate'>

/**
 * What an API token with `admin` may not do over HTTP without this scope, its holder may not do here.
 * @throws BehalfError `refused`.
 */
export function requireSessionScope({delegate}: Viewer, scope: string): void {
  if (delegate) requireScope(delegate, {kind: 'word', scope})
}

export const hasSessionScope = ({delegate}: Viewer, scope: string): boolean =>
  delegate === undefined || delegate.scopes.includes(scope)
