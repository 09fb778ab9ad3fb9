import assert from 'node:assert/strict'

import {Secret} from '../../../../src/model/secret.js'
import {createSignature, signRequest, type Signer} from '../../../../src/providers/oauth1/sign-request.js'

/** The client and the token of RFC 5849 1.2. */
const PRINTER: Signer = {clientId: 'dpf43f3p2l4k3l03', clientSecret: new Secret('kd94hf93k423kf44')}
const PHOTOS: Signer = {...PRINTER, token: new Secret('nnch734d00sl2jdk'), tokenSecret: new Secret('pfkkdhi9sl3r4s00')}

/** The protocol's parameters as an example of the RFC has them: without `oauth_version`. */
const parametersOf = ({clientId, token}: Signer, nonce: string, timestampSeconds: number, more = {}) => ({
  oauth_consumer_key: clientId,
  ...(token && {oauth_token: token.reveal()}),
  oauth_signature_method: 'HMAC-SHA1',
  oauth_timestamp: timestampSeconds,
  oauth_nonce: nonce,
  ...more,
})

describe('a signature of OAuth 1.0a', () => {
  it('is that of RFC 5849 1.2, for temporary credentials, for a token and for a resource', () => {
    const initiate = {method: 'POST', url: 'https://photos.example.net/initiate'}
    const callback = {oauth_callback: 'http://printer.example.com/ready'}
    assert.equal(
      createSignature(PRINTER, initiate, parametersOf(PRINTER, 'wIjqoS', 137131200, callback)),
      '74KNZJeDHnMBp0EMJ9ZHt/XKycU=',
    )
    const temporary = {...PRINTER, token: new Secret('hh5s93j4hdidpola'), tokenSecret: new Secret('hdhd0244k9j7ao03')}
    const verifier = {oauth_verifier: 'hfdp7dh39dks9884'}
    assert.equal(
      createSignature(
        temporary,
        {method: 'POST', url: 'https://photos.example.net/token'},
        parametersOf(temporary, 'walatlh', 137131201, verifier),
      ),
      'gKgrFCywp7rO0OXSjdot/IHF7IU=',
    )
    const photo = {method: 'GET', url: 'http://photos.example.net/photos?file=vacation.jpg&size=original'}
    assert.equal(
      createSignature(PHOTOS, photo, parametersOf(PHOTOS, 'chapoH', 137131202)),
      'MdpQcU8iPSUjWoN/UDMsK2sui9I=',
    )
  })

  it('is that of RFC 5849 3.4.1.1, whose parameters repeat, are empty, and stand in query and form', () => {
    const signer = {
      clientId: '9djdj82h48djs9d2',
      clientSecret: new Secret('j49sk3j29djd'),
      token: new Secret('kkk9d7dh3k39sjv7'),
      tokenSecret: new Secret('dh893hdasih9'),
    }
    const request = {
      method: 'POST',
      url: 'http://EXAMPLE.COM:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b',
      form: 'c2&a3=2+q',
    }
    // The RFC prints another one, which none of its secrets give (erratum 2550).
    assert.equal(
      createSignature(signer, request, parametersOf(signer, '7d8f3e4a', 137131201)),
      'r6/TJjbCOr97/+UU0NsvSne7s5g=',
    )
  })

  const sign = (url: string, form?: string): string =>
    signRequest(
      PHOTOS,
      {method: 'POST', url, ...(form !== undefined && {form})},
      {nonce: 'made-up', timestampSeconds: 1_800_000_000},
    )

  it('goes into a header with all that the service needs to verify it, and with none of the request’s own', () => {
    const header = sign('https://api.example.test/items?b=1', 'a=1')
    assert.match(
      header,
      /^OAuth oauth_consumer_key="dpf43f3p2l4k3l03", oauth_nonce="made-up", oauth_signature="[^"]+", oauth_signature_method="HMAC-SHA1", oauth_timestamp="1800000000", oauth_token="nnch734d00sl2jdk", oauth_version="1.0"$/,
    )
  })

  it('changes with each value of a name, and not with how a pair is written', () => {
    const base = 'https://api.example.test/items?a=1&a=2'
    assert.notEqual(sign(base), sign('https://api.example.test/items?a=1'))
    assert.notEqual(sign(base), sign(base, 'a=2'))
    assert.equal(sign(base), sign('https://api.example.test/items?%61=2&&a=1&'))
    assert.equal(sign('https://api.example.test/items?a=1', 'a=2'), sign(base))
    assert.equal(sign('https://api.example.test/?a=%20'), sign('https://api.example.test/?a=+'))
  })

  it('takes names that mean something to JavaScript', () => {
    const plain = sign('https://api.example.test/items')
    for (const name of ['constructor', 'toString', 'hasOwnProperty', '0', ''])
      assert.notEqual(sign(`https://api.example.test/items?${name}=x`), plain, name)
  })

  it('is refused for parameters of the protocol, and for what two servers could read differently', () => {
    for (const pair of ['oauth_token=x', '%6fauth_signature=x', 'a=1&oauth_nonce', 'a=%zz', 'a=%ff', '__proto__=1']) {
      assert.throws(() => sign(`https://api.example.test/items?${pair}`), {code: 'invalid-input'}, pair)
      assert.throws(() => sign('https://api.example.test/items', pair), {code: 'invalid-input'}, pair)
    }
  })
})
