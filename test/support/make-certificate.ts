import {generateKeyPairSync, sign} from 'node:crypto'

/** A key and a certificate for it that nobody else signed, valid for a day, in PEM. Node can read X.509, not write it. */
export function makeCertificate(host: string): {key: string; cert: string} {
  const {privateKey, publicKey} = generateKeyPairSync('ec', {namedCurve: 'P-256'})
  const algorithm = sequence(oid('2a8648ce3d040302')) // ecdsa-with-SHA256
  const name = sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(host))))) // CN
  const hour = 3_600_000
  const validity = sequence(time(Date.now() - hour), time(Date.now() + 24 * hour))
  const altName = sequence(oid('551d11'), der(0x04, sequence(der(0x82, Buffer.from(host))))) // subjectAltName: dNSName
  const tbs = sequence(
    der(0xa0, integer(2)), // version 3
    integer(1),
    algorithm,
    name,
    validity,
    name,
    publicKey.export({type: 'spki', format: 'der'}),
    der(0xa3, sequence(altName)),
  )
  const signature = der(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', tbs, privateKey)]))
  const certificate = sequence(tbs, algorithm, signature).toString('base64')
  return {
    key: privateKey.export({type: 'pkcs8', format: 'pem'}).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
  }
}

/** ITU-T X.690: a tag, a length, the content. */
function der(tag: number, content: Buffer): Buffer {
  const {length} = content
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

const sequence = (...parts: Buffer[]): Buffer => der(0x30, Buffer.concat(parts))
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'))
const integer = (value: number): Buffer => der(0x02, Buffer.from([value]))
const time = (at: number): Buffer =>
  der(0x18, Buffer.from(`${new Date(at).toISOString().slice(0, 19).replace(/[-T:]/g, '')}Z`))
