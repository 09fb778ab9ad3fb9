import {lookup as lookUp, type LookupAddress} from 'node:dns'
import {isIP} from 'node:net'

import type {AddressGuard} from '../model/address-guard.js'
import {placeOf} from './reserved-address.js'

/** As much of `dns.lookup` as the guard asks. */
export type Resolve = (
  hostname: string,
  options: {all: true; family?: number | 'IPv4' | 'IPv6' | undefined; hints?: number | undefined},
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

export interface AddressGuardOptions {
  /** This machine and private networks may be reached; what is reserved may not all the same. */
  allowPrivate: boolean
  resolve?: Resolve
}

/** The code that such a failure has, as those of the network have theirs. */
const CODE = 'EADDRESSGUARD'

export function createAddressGuard({allowPrivate, resolve = lookUp}: AddressGuardOptions): AddressGuard {
  const explain = (host: string, address: string): Error | undefined => {
    const place = placeOf(address)
    if (place === 'public' || (place === 'private' && allowPrivate)) return undefined
    const [what, unless] =
      place === 'private'
        ? ['on this machine or a private network', ' without BEHALF_ALLOW_PRIVATE_ADDRESSES=1']
        : ['at a reserved address', '']
    // Callers may see this: which address a name has is not for them.
    return Object.assign(new Error(`${host} is ${what}, where a URL set over HTTP may not lead${unless}`), {code: CODE})
  }
  return {
    refuse: (host) => (isIP(host) === 0 ? undefined : explain(host, host)),
    lookup(hostname, {family, hints, all}, callback) {
      resolve(hostname, {family, hints, all: true}, (error, addresses) => {
        // One such address is enough: which of them is connected to is not ours to say.
        const refusal = error ?? addresses.map(({address}) => explain(hostname, address)).find(Boolean)
        const [first] = addresses
        if (refusal) callback(refusal, [])
        else if (first === undefined) callback(new Error(`${hostname} has no address`), [])
        else if (all === true) callback(null, addresses)
        else callback(null, first.address, first.family)
      })
    },
  }
}
