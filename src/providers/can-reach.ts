import type {AddressGuard} from '../model/address-guard.js'
import type {Provider} from '../model/provider.js'
import {connect} from './connect.js'
import {findAnyEndpoint, parseEndpointUrl} from './endpoint-url.js'

/** Opens a connection to the service, TLS included, and closes it: nothing is sent. */
export async function canReach(provider: Provider, limitMs: number, guard?: AddressGuard): Promise<boolean> {
  try {
    const socket = await connect(parseEndpointUrl(findAnyEndpoint(provider), 'The endpoint'), limitMs, guard)
    socket.destroy()
    return true
  } catch {
    return false
  }
}
