import {BehalfError} from '../../model/behalf-error.js'
import type {OAuth1Credential} from '../../model/credential.js'
import type {Provider} from '../../model/provider.js'
import {Secret} from '../../model/secret.js'
import type {Clock} from '../../model/time.js'
import {freshAt, signerOf} from '../credential-headers.js'
import type {HttpExchange} from '../http-exchange.js'
import type {JsonAnswer} from '../json-answer.js'
import type {Identity, OAuth1Authorization, OAuth1Grant} from '../provider-client.js'
import {requireReply} from '../require-answer.js'
import {isTokenText} from '../token-answer.js'
import {quoteRefusal} from './describe-oauth1-refusal.js'
import {readFormAnswer, readText} from './read-form-answer.js'
import {signRequest} from './sign-request.js'

interface Deps {
  clock: Clock
  exchange: HttpExchange
  /** Asks the service whose a credential is, where the token's answer does not say. */
  identify: (credential: OAuth1Credential) => Promise<Identity>
}

/** Token credentials (RFC 5849 2.3) for an authorized request token, and whose they are. */
export async function finishOAuth1(
  {clock, exchange, identify}: Deps,
  provider: Provider,
  {requestToken, requestTokenSecret, verifier}: OAuth1Authorization,
): Promise<OAuth1Grant> {
  if (provider.tokenUrl === undefined) {
    throw new BehalfError('configuration', `${provider.name} has no token URL.`, {
      hint: `behalf provider show ${provider.name}`,
    })
  }
  // A PIN is typed, and copied with what stands around it.
  const given = verifier.trim()
  if (!isTokenText(given)) throw refusedVerifier(provider, '')
  const request = {method: 'POST', url: provider.tokenUrl} as const
  const token = new Secret(requestToken)
  const signer = signerOf(provider, {token, tokenSecret: requestTokenSecret})
  const authorization = signRequest(signer, request, freshAt(clock), {oauth_verifier: given})
  const reply = requireReply(provider, await exchange({...request, headers: {authorization}, body: ''}))
  const answer = readFormAnswer(reply)
  if (answer.status !== 200) {
    throw refusedVerifier(provider, quoteRefusal(provider, reply, [token, requestTokenSecret, new Secret(given)]))
  }
  const credential = readCredential(answer, reply.sentAt)
  if (credential === undefined) {
    throw new BehalfError('login-failed', `${provider.name} answered with something that is no token.`, {
      hint: `Check the URLs with \`behalf provider show ${provider.name}\`.`,
    })
  }
  return {credential, identity: readIdentity(answer) ?? (await identify(credential))}
}

function readCredential({body}: JsonAnswer, issuedAt: number): OAuth1Credential | undefined {
  const [token, tokenSecret] = [readText(body.oauth_token), readText(body.oauth_token_secret)]
  if (token === undefined || tokenSecret === undefined) return undefined
  return {kind: 'oauth1', token: new Secret(token), tokenSecret: new Secret(tokenSecret), issuedAt}
}

/** Twitter and its kin name the person in the same answer. */
function readIdentity({body}: JsonAnswer): Identity | undefined {
  const [userId, name] = [body.user_id, body.screen_name].map((value) => readText(value)?.trim())
  if (userId === undefined || userId === '' || name === undefined || !/^[^\s/]+$/.test(name)) return undefined
  return {userId, login: name.toLowerCase()}
}

const refusedVerifier = (provider: Provider, own: string): BehalfError =>
  new BehalfError('login-failed', `${provider.name} refuses the PIN: it is wrong, used or too old${own}.`, {
    hint: 'Log in again.',
  })
