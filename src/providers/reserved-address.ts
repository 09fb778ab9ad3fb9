import {BlockList, isIPv4, isIPv6} from 'node:net'

/**
 * Where an address is: on the internet, on this machine or a network of its owner's, or where no provider ever is
 * (IANA's special-purpose registries, and what clouds answer their own machines on).
 */
export type AddressPlace = 'public' | 'private' | 'reserved'

const V4_PRIVATE = ['10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '198.18.0.0/15']
const V4_RESERVED = [
  '0.0.0.0/8',
  // Link-local, where most clouds hand out a machine's credentials.
  '169.254.0.0/16',
  // What Alibaba and Azure answer their machines on.
  '100.100.100.200/32',
  '168.63.129.16/32',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]

const V6_PRIVATE = ['::1/128', 'fc00::/7']
const V6_PUBLIC = ['2000::/3']
const V6_RESERVED = [
  // What Amazon and Google answer their machines on.
  'fd00:ec2::254/128',
  'fd20:ce::254/128',
  // Protocols of the IETF, Teredo among them; documentation; 6to4, with an IPv4 address inside.
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
]

const reserved = listOf(V4_RESERVED, V6_RESERVED)
const ours = listOf(V4_PRIVATE, V6_PRIVATE)
const unicast = listOf([], V6_PUBLIC)

/** @param address IPv4 or IPv6 as text; a zone behind `%` is not looked at. What is no address is reserved. */
export function placeOf(address: string): AddressPlace {
  const [plain = ''] = address.split('%')
  if (isIPv4(plain)) return placeOfIPv4(plain)
  if (!isIPv6(plain)) return 'reserved'
  const inside = findIPv4Inside(plain)
  if (inside !== undefined) return placeOfIPv4(inside)
  if (reserved.check(plain, 'ipv6')) return 'reserved'
  if (ours.check(plain, 'ipv6')) return 'private'
  return unicast.check(plain, 'ipv6') ? 'public' : 'reserved'
}

function placeOfIPv4(address: string): AddressPlace {
  if (reserved.check(address)) return 'reserved'
  return ours.check(address) ? 'private' : 'public'
}

/** IPv4-mapped (RFC 4291 2.5.5.2), and what a translator between the two turns into IPv4 (RFC 6052 2.1). */
const WITH_IPV4_INSIDE = /^\[(?:::ffff:|64:ff9b::)(?:([\da-f]+):)?([\da-f]+)\]$/

/** The IPv4 address that packets to this one end at. */
function findIPv4Inside(address: string): string | undefined {
  // A URL writes an IPv6 address in its one canonical form (RFC 5952).
  const {hostname} = new URL(`http://[${address}]`)
  const [, high = '0', low] = WITH_IPV4_INSIDE.exec(hostname) ?? []
  if (low === undefined) return undefined
  return [high, low]
    .map((group) => Number.parseInt(group, 16))
    .flatMap((group) => [group >> 8, group & 0xff])
    .join('.')
}

function listOf(v4: readonly string[], v6: readonly string[]): BlockList {
  const list = new BlockList()
  const add = (subnets: readonly string[], family: 'ipv4' | 'ipv6'): void => {
    for (const subnet of subnets) {
      const [network = '', bits] = subnet.split('/')
      list.addSubnet(network, Number(bits), family)
    }
  }
  add(v4, 'ipv4')
  add(v6, 'ipv6')
  return list
}
