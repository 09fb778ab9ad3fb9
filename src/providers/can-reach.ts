import type {AddressGuard} from '../model/address-guard.js'
import type {Provider} from '../model/provider.js'
import {connect} from './connect.js'
import {parseEndpointUrl} from './endpoint-url.js'

/** Opens a connection to the token endpoint, or what there is instead of one, TLS included, and closes it: nothing is sent. */
export async function canReach(provider: Provider, limitMs: number, guard?: AddressGuard): Promise<boolean> {
  try {
    const endpoint = provider.tokenUrl ?? provider.userinfoUrl ?? provider.apiUrl ?? ''
    const socket = await connect(parseEndpointUrl(endpoint, 'The endpoint'), limitMs, guard)
    socket.destroy()
    return true
  } catch {
    return false
  }
}
