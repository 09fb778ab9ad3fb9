import type {LookupFunction} from 'node:net'

/**
 * Keeps connections away from this machine and its own network, where URLs that came over HTTP may not lead. What is
 * judged is the address that is connected to, so a name that is looked up twice cannot say two things.
 */
export interface AddressGuard {
  /** In the place of `dns.lookup`. Fails for a name that has an address which may not be reached. */
  lookup: LookupFunction
  /** The same of a host that is an address itself, which nobody looks up; undefined when there is nothing against it. */
  refuse(host: string): Error | undefined
}
