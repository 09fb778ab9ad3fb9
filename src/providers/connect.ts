import {connect as connectPlain, isIP, type Socket} from 'node:net'
import {connect as connectTls} from 'node:tls'

import type {AddressGuard} from '../model/address-guard.js'

/** Time for one address before the next is tried besides (RFC 8305); the last one has all the time there is. */
const ADDRESS_TIMEOUT_MS = 500

/**
 * Opens a new connection: name look-up, TCP and TLS within `limitMs`. All addresses of the host are tried.
 * The caller owns the socket and destroys it.
 * @param guard Says which addresses may be connected to; without one, all may.
 */
export async function connect(url: URL, limitMs: number, guard?: AddressGuard): Promise<Socket> {
  const secure = url.protocol === 'https:'
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const refusal = guard?.refuse(host)
  if (refusal) throw refusal
  const target = {
    host,
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: ADDRESS_TIMEOUT_MS,
    ...(guard && {lookup: guard.lookup}),
  }
  const socket = secure
    ? connectTls({...target, ALPNProtocols: ['http/1.1'], ...(isIP(host) === 0 && {servername: host})})
    : connectPlain(target)
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      socket.destroy(new Error(`no connection within ${String(limitMs / 1000)} s`))
    }, limitMs)
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      clearTimeout(timer)
      socket.off('error', fail)
      resolve(socket)
    })
    const fail = (error: Error): void => {
      clearTimeout(timer)
      reject(error)
    }
    socket.once('error', fail)
  })
}
