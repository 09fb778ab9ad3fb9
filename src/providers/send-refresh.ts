import {BehalfError} from '../model/behalf-error.js'
import type {Provider} from '../model/provider.js'
import type {Secret} from '../model/secret.js'
import type {BeforeWrite} from './http-exchange.js'
import {openLibrary, sendBuilt} from './oauth-library.js'
import type {Exchange} from './provider-client.js'
import type {TokenGrantDeps} from './token-grant.js'

/** RFC 6749 6. Whatever is wrong with the provider's settings, nothing has then been sent. */
export async function sendRefresh(
  {clock, exchange}: TokenGrantDeps,
  provider: Provider,
  refreshToken: Secret,
  beforeWrite: BeforeWrite,
): Promise<Exchange> {
  try {
    const {oauth, server, client, authenticate} = await openLibrary(provider, clock)
    return await sendBuilt(
      {oauth, exchange, provider},
      (options) => oauth.refreshTokenGrantRequest(server, client, authenticate, refreshToken.reveal(), options),
      beforeWrite,
    )
  } catch (error) {
    if (error instanceof BehalfError && error.code === 'configuration') return {kind: 'not-sent', reason: error.message}
    throw error
  }
}
