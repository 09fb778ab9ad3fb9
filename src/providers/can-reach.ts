import type {Provider} from '../model/provider.js'
import {connect} from './connect.js'
import {parseEndpointUrl} from './endpoint-url.js'

/** Opens a connection to the token endpoint, TLS included, and closes it: nothing is sent. */
export async function canReach(provider: Provider, limitMs: number): Promise<boolean> {
  try {
    const socket = await connect(parseEndpointUrl(provider.tokenUrl, 'The token endpoint'), limitMs)
    socket.destroy()
    return true
  } catch {
    return false
  }
}
