import {makeSignInLink} from './broker/admin-sessions.js'
import type {BrokerDeps} from './broker/broker-deps.js'
import {readServeSettings} from './config/serve-settings.js'
import {LOOPBACK_NAMES} from './daemon/doors/door-rules.js'
import {findPageAddress} from './daemon/doors/find-page-address.js'
import {BehalfError} from './model/behalf-error.js'
import {Secret} from './model/secret.js'
import type {EpochMs} from './model/time.js'

/** A link to the admin page that signs one browser in, once. */
export interface AdminLink {
  /** A secret, until it is used or over. */
  url: Secret
  expiresAt: EpochMs
}

/**
 * Makes one, to the public address of the daemon, else to where it is found on this machine.
 * @throws BehalfError `configuration`, also for a public address without TLS; `unavailable` where no daemon of the store is
 * found.
 */
export async function makeAdminLink(
  deps: BrokerDeps,
  environment?: Parameters<typeof readServeSettings>[1],
): Promise<AdminLink> {
  const {publicUrl, ...place} = readServeSettings({}, environment)
  const origin =
    publicUrl === undefined ? await findPageAddress(deps, place) : await findPublicAddress(deps, new URL(publicUrl))
  const {code, endsAt} = await makeSignInLink(deps)
  return {url: new Secret(`${origin}/admin/sign-in?link=${code.reveal()}`), expiresAt: endsAt}
}

/** Who is there is known by the certificate, and on loopback as ever; elsewhere nobody could tell who reads along. */
async function findPublicAddress(deps: BrokerDeps, {protocol, hostname, port, origin}: URL): Promise<string> {
  if (protocol === 'https:') return origin
  if (LOOPBACK_NAMES.includes(hostname)) {
    return findPageAddress(deps, {listen: {host: hostname.replaceAll(/[[\]]/g, ''), port: Number(port || 80)}})
  }
  throw new BehalfError(
    'configuration',
    `The link is a secret, and ${origin} has no TLS: it could be read on its way.`,
    {
      hint: 'Set BEHALF_PUBLIC_URL to an address with https, or leave it unset for a browser on this machine.',
    },
  )
}
