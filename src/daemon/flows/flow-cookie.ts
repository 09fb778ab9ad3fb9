import {FLOW_LIFE_MS, type Flow} from '../../model/flow.js'
import {Secret} from '../../model/secret.js'
import {SECOND_MS} from '../../model/time.js'

type Bound = Pick<Flow, 'id' | 'redirectUri'>

/**
 * A cookie of its own for each flow, so that two in one browser do not disturb each other. `__Host-` keeps it from being
 * set by other hosts of the same site; browsers take that name over TLS alone.
 */
const nameOf = ({id, redirectUri}: Bound): string =>
  redirectUri.startsWith('https:') ? `__Host-behalf-flow-${id}` : `behalf-flow-${id}`

/** For this host alone, out of reach of scripts, and not sent with what other sites post (RFC 6265bis). */
export function setFlowCookie(flow: Bound, value: Secret): string {
  const secure = flow.redirectUri.startsWith('https:') ? '; Secure' : ''
  const lifeS = String(FLOW_LIFE_MS / SECOND_MS)
  return `${nameOf(flow)}=${value.reveal()}; Path=/; Max-Age=${lifeS}; HttpOnly; SameSite=Lax${secure}`
}

/** @returns undefined where there is none, or more than one: then somebody else has set it too. */
export function readFlowCookie(flow: Bound, header: string | null): Secret | undefined {
  const start = `${nameOf(flow)}=`
  const [found, ...others] = (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(start))
  return found === undefined || others.length > 0 ? undefined : new Secret(found.slice(start.length))
}

/** What a form proves with that it comes from our page in this browser, once it is hashed under the store's key. */
export const proofTextOf = ({id}: Bound, cookie: Secret | undefined): Secret =>
  new Secret(`confirm ${id} ${cookie?.reveal() ?? ''}`)
