/** How many slots a cluster shares out among its masters. */
const HASH_SLOTS = 16_384

/**
 * The slot of a key: CRC-16 (XMODEM) of what stands in its first pair of braces, or of all of it where there is nothing
 * in them (Redis Cluster specification, "Key distribution model").
 */
export function hashSlotOf(key: string): number {
  const open = key.indexOf('{')
  const close = open < 0 ? -1 : key.indexOf('}', open + 1)
  return crc16(Buffer.from(close > open + 1 ? key.slice(open + 1, close) : key, 'utf8')) % HASH_SLOTS
}

function crc16(bytes: Buffer): number {
  let crc = 0
  for (const byte of bytes) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021
    crc &= 0xffff
  }
  return crc
}
