import {createHmac, timingSafeEqual} from 'node:crypto'
import type {IncomingHttpHeaders} from 'node:http'

/**
 * How a server of OAuth 1.0a reads a request (RFC 5849 3.2 and 3.4), written from the RFC alone and on bytes:
 * it shares nothing with what signs.
 */
export interface SignedMessage {
  method: string
  /** The request target as it came. */
  target: string
  headers: IncomingHttpHeaders
  body: Buffer
}

export interface Message {
  /** The protocol's parameters, from the header. */
  protocol: Map<string, string>
  /** Those of query and form, in their order. */
  parameters: [string, string][]
  baseString: string
}

/** @throws Error for what a server would answer with 400. */
export function readMessage({method, target, headers, body}: SignedMessage): Message {
  const protocol = readHeader(headers.authorization ?? '')
  const [path = '', ...rest] = target.split('?')
  const isForm = /^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(headers['content-type'] ?? '')
  const pairs = [...splitPairs(Buffer.from(rest.join('?'), 'latin1')), ...(isForm ? splitPairs(body) : [])]
  const all = [...pairs, ...[...protocol].map(([name, value]) => [Buffer.from(name), Buffer.from(value)] as const)]
  const normalized = all
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .filter(([name]) => name !== 'oauth_signature' && name !== 'realm')
    .sort((a, b) => Buffer.compare(Buffer.from(a[0]), Buffer.from(b[0])) || (a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0))
    .map((pair) => pair.join('='))
    .join('&')
  const uri = `http://${(headers.host ?? '').toLowerCase().replace(/:80$/, '')}${path}`
  return {
    protocol,
    parameters: pairs.map(([name, value]) => [name.toString(), value.toString()]),
    baseString: [method.toUpperCase(), uri, normalized].map((part) => encode(Buffer.from(part))).join('&'),
  }
}

/** HMAC-SHA1, RFC 5849 3.4.2. */
export function isSignatureOf(signature: string, baseString: string, clientSecret: string, tokenSecret: string) {
  const key = [clientSecret, tokenSecret].map((secret) => encode(Buffer.from(secret))).join('&')
  const wanted = createHmac('sha1', key).update(baseString).digest()
  const given = Buffer.from(signature, 'base64')
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

function readHeader(header: string): Map<string, string> {
  const [, list] = /^OAuth\s+(.*)$/is.exec(header) ?? []
  if (list === undefined) throw new Error('no OAuth header')
  const protocol = new Map<string, string>()
  for (const item of list.split(',')) {
    const [, name, value] = /^\s*([^="\s]+)="([^"]*)"\s*$/.exec(item) ?? []
    if (name === undefined || value === undefined || protocol.has(name)) throw new Error('a malformed OAuth header')
    protocol.set(decodeURIComponent(name), decodeURIComponent(value))
  }
  return protocol
}

const AMPERSAND = 0x26
const EQUALS = 0x3d
const PLUS = 0x2b
const PERCENT = 0x25

function splitPairs(bytes: Buffer): (readonly [Buffer, Buffer])[] {
  const pairs: (readonly [Buffer, Buffer])[] = []
  let from = 0
  for (let at = 0; at <= bytes.length; at += 1) {
    if (at < bytes.length && bytes[at] !== AMPERSAND) continue
    const pair = bytes.subarray(from, at)
    from = at + 1
    if (pair.length === 0) continue
    const middle = pair.indexOf(EQUALS)
    pairs.push(
      middle < 0
        ? [decode(pair), Buffer.alloc(0)]
        : [decode(pair.subarray(0, middle)), decode(pair.subarray(middle + 1))],
    )
  }
  return pairs
}

function decode(bytes: Buffer): Buffer {
  const decoded: number[] = []
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0
    if (byte === PLUS) decoded.push(0x20)
    else if (byte === PERCENT) {
      const digits = bytes.toString('latin1', at + 1, at + 3)
      if (!/^[\da-f]{2}$/i.test(digits)) throw new Error('a malformed percent-encoding')
      decoded.push(Number.parseInt(digits, 16))
      at += 2
    } else decoded.push(byte)
  }
  return Buffer.from(decoded)
}

/** RFC 5849 3.6. */
function encode(bytes: Buffer): string {
  let text = ''
  for (const byte of bytes) {
    const character = String.fromCharCode(byte)
    text += /[A-Za-z0-9\-._~]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return text
}
