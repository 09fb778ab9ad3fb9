import {BehalfError} from '../model/behalf-error.js'
import type {Credential} from '../model/credential.js'
import type {Provider} from '../model/provider.js'
import type {Clock} from '../model/time.js'
import {credentialHeaders} from './credential-headers.js'
import type {HttpExchange} from './http-exchange.js'
import {readJsonAnswer, type JsonAnswer} from './json-answer.js'
import type {Identity} from './provider-client.js'
import {readIdentity} from './read-identity.js'
import {requireReply} from './require-answer.js'

interface Deps {
  clock: Clock
  exchange: HttpExchange
}

/** There is nobody at such an address, whoever asks. */
const ABSENT_STATUSES: readonly number[] = [404, 405, 410, 501]

/**
 * Whose a credential is, by the service's userinfo URL (design 7, rule 8), which it is tried at that way. A service that
 * sends on to its login page refuses it as well as one that answers 401: nothing is followed.
 * @throws BehalfError `credential-refused`; `configuration` when the service cannot be asked, or does not say who it is;
 * `unavailable`.
 */
export async function identifyCredential(
  {clock, exchange}: Deps,
  provider: Provider,
  credential: Credential,
): Promise<Identity> {
  const request = {method: provider.userinfoMethod ?? 'GET', url: requireUserinfoUrl(provider)} as const
  const authorization = credentialHeaders({clock}, provider, credential, request)
  const headers = {accept: 'application/json', ...provider.requestHeaders, ...authorization}
  const reply = requireReply(provider, await exchange({...request, headers}))
  if (ABSENT_STATUSES.includes(reply.status)) throw unidentified(provider, `answered with ${String(reply.status)}`)
  if (reply.status !== 200) throw refused(provider, credential, reply.status)
  const answer = readJsonAnswer(reply)
  if (answer === undefined) throw unidentified(provider, 'answered with something that is not JSON')
  if (isAnonymous(answer)) throw refused(provider, credential, reply.status)
  const found = readIdentity(provider, answer.body)
  if (found === undefined) throw unidentified(provider, 'did not name anyone')
  return found.identity
}

/** Who sent no credential, or one that does not count, is somebody too at some services: Jenkins calls them so. */
const isAnonymous = ({body}: JsonAnswer): boolean => body.anonymous === true || body.authenticated === false

function requireUserinfoUrl({name, userinfoUrl}: Provider): string {
  if (userinfoUrl !== undefined) return userinfoUrl
  throw new BehalfError('configuration', `${name} cannot be asked whose a credential is.`, {
    hint: `Name the address that says it: behalf provider update ${name} --userinfo-url URL`,
  })
}

const WHAT: Record<Credential['kind'], string> = {
  oauth2: 'this token',
  oauth1: 'this token',
  'api-key': 'this API key',
  basic: 'this user name and password',
}

const refused = ({name}: Provider, {kind}: Credential, status: number): BehalfError =>
  new BehalfError(
    'credential-refused',
    `${name} refuses ${WHAT[kind]} (status ${String(status)}). Nothing was stored.`,
    {
      hint: 'Make a new one there, or copy it once more.',
      status,
    },
  )

const unidentified = ({name}: Provider, what: string): BehalfError =>
  new BehalfError('configuration', `Asked whose the credential is, ${name} ${what}. Nothing was stored.`, {
    hint: `Check its userinfo URL, and which members of the answer tell: behalf provider show ${name}`,
  })
