import {Secret} from '../model/secret.js'
import type {BrokerDeps} from './broker-deps.js'

/** One end of the connection that a question came in on, as the one who asks names it: `127.0.0.1:8420`. */
export interface ProofQuestion {
  address: string
  /** Random, from the one who asks. */
  nonce: string
}

/** 16 to 64 characters of base64url: no text of any other kind can be made to be fingerprinted. */
export const isNonce = (text: string): boolean => /^[\w-]{16,64}$/.test(text)

/**
 * What only someone can answer who opens the same store: shows that behind an address there is a daemon of this store
 * and nobody else. The address is part of it, so that an impostor who relays the question to the daemon's own door
 * brings back an answer about another address.
 */
export function proveDaemon({store}: Pick<BrokerDeps, 'store'>, {address, nonce}: ProofQuestion): Promise<string> {
  return store.fingerprint(new Secret(`behalf daemon proof\n${address}\n${nonce}`))
}
