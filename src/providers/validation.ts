import {z} from 'zod'

import type {Provider} from '../model/provider.js'
import type {Secret} from '../model/secret.js'
import {SECOND_MS} from '../model/time.js'
import {dialectOf} from './dialects/dialect-of.js'
import {readJsonAnswer} from './json-answer.js'
import type {Validation} from './provider-client.js'
import {describeUnavailability} from './require-answer.js'
import {isShowableId, isShowableLogin} from './showable-name.js'
import type {TokenGrantDeps} from './token-grant.js'

const text = z.string().min(1).optional().catch(undefined)
/** Twitch's shape (facts 2.9). Tokens of the application itself have neither user nor scopes. */
const validationAnswer = z.object({
  client_id: text,
  login: z.string().min(1).refine(isShowableLogin).optional().catch(undefined),
  user_id: z.string().min(1).refine(isShowableId).optional().catch(undefined),
  scopes: z.array(z.string()).nullish().catch(undefined),
  expires_in: z.number().positive().optional().catch(undefined),
})

/** Whether an access token lives, and whose it is. */
export async function validateToken(
  {exchange}: TokenGrantDeps,
  provider: Provider,
  accessToken: Secret,
): Promise<Validation> {
  if (provider.validateUrl === undefined) return {kind: 'unsupported'}
  const outcome = await exchange({
    method: 'GET',
    url: provider.validateUrl,
    headers: {
      accept: 'application/json',
      authorization: `${dialectOf(provider).validationScheme} ${accessToken.reveal()}`,
    },
  })
  const reason = describeUnavailability(outcome)
  if (reason !== undefined || outcome.kind !== 'reply') return {kind: 'unavailable', reason: reason ?? 'no answer'}
  const {reply} = outcome
  const answer = readJsonAnswer(reply)
  if (reply.status === 401) {
    // Something on the way lost the header; that says nothing about the token.
    const unasked = answer?.body.message === 'missing authorization token'
    return unasked ? {kind: 'unavailable', reason: 'the token did not arrive'} : {kind: 'dead'}
  }
  const parsed = validationAnswer.safeParse(answer?.body)
  if (reply.status !== 200 || !parsed.success) {
    return {kind: 'unavailable', reason: `answered with status ${String(reply.status)} and nothing readable`}
  }
  const {client_id: clientId, login, user_id: userId, scopes, expires_in: expiresInS} = parsed.data
  return {
    kind: 'live',
    ...(userId !== undefined && {userId}),
    ...(login !== undefined && {login: login.toLowerCase()}),
    ...(clientId !== undefined && {clientId}),
    ...(scopes !== undefined && {scopes: scopes ?? []}),
    ...(expiresInS !== undefined && {expiresAt: reply.sentAt + expiresInS * SECOND_MS}),
  }
}
