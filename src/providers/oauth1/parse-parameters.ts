import {BehalfError} from '../../model/behalf-error.js'

/**
 * Takes a query or a form apart as RFC 5849 3.4.1.3.1 does: every pair, in its order, decoded.
 * @throws BehalfError `invalid-input` for what two servers could read differently, and for the protocol's own parameters:
 * these are added by who signs, and must be there once (RFC 5849 3.1).
 */
export function parseParameters(text: string, what: 'query' | 'form'): [string, string][] {
  const pairs = text.split('&').filter((pair) => pair !== '')
  return pairs.map((pair) => {
    const at = pair.indexOf('=')
    const name = decode(at < 0 ? pair : pair.slice(0, at), what)
    if (name.startsWith('oauth_')) throw unsignable(what, 'it holds a parameter of OAuth itself')
    // `oauth-1.0a` keeps parameters as properties of an object, which cannot have this one.
    if (name === '__proto__') throw unsignable(what, 'no parameter of OAuth can have the name __proto__')
    return [name, at < 0 ? '' : decode(pair.slice(at + 1), what)]
  })
}

function decode(text: string, what: 'query' | 'form'): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw unsignable(what, 'something in it is wrongly encoded')
  }
}

const unsignable = (what: 'query' | 'form', why: string): BehalfError =>
  new BehalfError('invalid-input', `The ${what} cannot be signed: ${why}.`)
