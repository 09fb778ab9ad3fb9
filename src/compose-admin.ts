import {makeSignInLink} from './broker/admin-sessions.js'
import type {BrokerDeps} from './broker/broker-deps.js'
import {readServeSettings} from './config/serve-settings.js'
import {findPageAddress} from './daemon/doors/find-page-address.js'
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
 * @throws BehalfError `configuration`; `unavailable` where no daemon of the store is found.
 */
export async function makeAdminLink(deps: BrokerDeps): Promise<AdminLink> {
  const {publicUrl, ...place} = readServeSettings({})
  const origin = publicUrl ?? (await findPageAddress(deps, place))
  const {code, endsAt} = await makeSignInLink(deps)
  return {url: new Secret(`${origin}/admin/sign-in?link=${code.reveal()}`), expiresAt: endsAt}
}
