import {Hono} from 'hono'

import {SECOND_MS} from '../../model/time.js'
import {renderConsentPage, renderMismatchPage} from '../pages/authorization-pages.js'
import {getParameter, readParameters, type SandboxContext, type SandboxEnv} from '../parameters.js'
import {randomToken} from '../random-text.js'
import type {User} from '../records.js'
import type {SandboxState} from '../state.js'
import {readAuthorizeRequest, type AuthorizeRequest, type RedirectedError} from './authorize-request.js'
import {signIdToken} from './id-token.js'
import {IdentityError} from './identity-error.js'
import {issueImplicitToken, recordGrant} from './issue-tokens.js'
import {findSessionUser, loginUrl} from './session.js'

/** Approves or denies at once, for callers without a browser: `X-Sandbox-Auto: <login>` or `deny`. */
const AUTO_HEADER = 'X-Sandbox-Auto'

type Decision = {kind: 'approve'; user: User} | {kind: 'deny'}

/** `/oauth2/authorize`: log in, consent, and back to the app (facts 2.3). */
export function createAuthorizeRoutes(state: SandboxState): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>()

  app.get('/', async (c) => {
    const {query} = await readParameters(c)
    const read = readAuthorizeRequest(state, query)
    if (!read.ok)
      return isForBrowser(c, read.error) ? explainMismatch(c, read.error, query) : redirectError(c, read.error)
    const {request} = read
    c.set('clientId', request.client.id)

    const decided = readAutoDecision(state, c)
    if (decided) return finish(state, c, request, decided)

    const path = `/oauth2/authorize?${query.toString()}`
    const user = findSessionUser(state, c)
    if (user === undefined) return c.redirect(loginUrl(path), 302)
    if (isGranted(state, request, user) && !request.forceVerify)
      return finish(state, c, request, {kind: 'approve', user})
    const {client, scopes} = request
    return c.html(renderConsentPage({client, user, scopes, action: path, switchUrl: loginUrl(path)}))
  })

  app.post('/', async (c) => {
    const {query, form} = await readParameters(c)
    const read = readAuthorizeRequest(state, query)
    if (!read.ok) return redirectError(c, read.error)
    c.set('clientId', read.request.client.id)
    const user = findSessionUser(state, c)
    if (user === undefined) return c.redirect(loginUrl(`/oauth2/authorize?${query.toString()}`), 303)
    const approved = getParameter(form, 'action') === 'authorize'
    return finish(state, c, read.request, approved ? {kind: 'approve', user} : {kind: 'deny'})
  })

  return app
}

function isGranted(state: SandboxState, request: AuthorizeRequest, user: User): boolean {
  const grant = state.findGrant(request.client.id, user.id)
  return grant !== undefined && request.scopes.every((scope) => grant.scopes.has(scope))
}

function readAutoDecision(state: SandboxState, c: SandboxContext): Decision | undefined {
  const header = c.req.header(AUTO_HEADER)
  const auto = header === undefined ? state.settings.auto : parseAuto(header)
  if (auto === null) return undefined
  if (auto.kind === 'deny') return auto
  const user = state.findUserByLogin(auto.login)
  if (user === undefined) throw new IdentityError(400, `${AUTO_HEADER}: no such login`)
  return {kind: 'approve', user}
}

const parseAuto = (value: string) =>
  value === 'deny' ? {kind: 'deny' as const} : {kind: 'approve' as const, login: value}

async function finish(state: SandboxState, c: SandboxContext, request: AuthorizeRequest, decision: Decision) {
  if (decision.kind === 'deny') {
    const {redirectUri, state: stateText} = request
    const description = 'The user denied you access'
    return redirectError(c, {redirectUri, error: 'access_denied', description, state: stateText})
  }
  c.set('user', decision.user)
  recordGrant(state, request.client.id, decision.user.id, request.scopes)
  const target = new URL(request.redirectUri)
  const answer = await buildAnswer(state, request, decision.user)
  if (request.responseType === 'code') {
    for (const [name, value] of answer) target.searchParams.append(name, value)
  } else {
    target.hash = answer.toString()
  }
  return c.redirect(target.toString(), 302)
}

async function buildAnswer(state: SandboxState, request: AuthorizeRequest, user: User): Promise<URLSearchParams> {
  const {client, scopes, responseType, nonce, claims, redirectUri} = request
  const authorization = {clientId: client.id, userId: user.id, scopes, nonce, claims}
  const answer = new URLSearchParams()
  let accessToken: string | undefined
  if (responseType.includes('code')) {
    const code = {
      ...authorization,
      value: randomToken(),
      redirectUri,
      expiresAt: state.clock.now() + state.settings.codeSeconds * SECOND_MS,
    }
    state.codes.set(code.value, code)
    answer.set('code', code.value)
  }
  const wants = responseType.split(' ')
  if (wants.includes('token')) {
    accessToken = issueImplicitToken(state, client, authorization).value
    answer.set('access_token', accessToken)
  }
  if (wants.includes('id_token')) answer.set('id_token', await signIdToken(state, authorization, {accessToken}))
  answer.set('scope', scopes.join(' '))
  if (request.state !== undefined) answer.set('state', request.state)
  if (accessToken !== undefined) answer.set('token_type', 'bearer')
  return answer
}

/** Twitch would send a person to where nobody may listen; one who tries things out is better told. */
const isForBrowser = (c: SandboxContext, {error}: RedirectedError): boolean =>
  error === 'redirect_mismatch' && c.req.header('accept')?.includes('text/html') === true

function explainMismatch(c: SandboxContext, error: RedirectedError, query: URLSearchParams) {
  const asked = getParameter(query, 'redirect_uri')
  return c.html(renderMismatchPage({asked, registered: error.redirectUri, onwards: urlOfError(error)}), 400)
}

/** Faults and refusals are told in the query, in the implicit flow too. */
const redirectError = (c: SandboxContext, error: RedirectedError) => c.redirect(urlOfError(error), 302)

function urlOfError({redirectUri, error, description, state}: RedirectedError): string {
  const target = new URL(redirectUri)
  target.searchParams.append('error', error)
  target.searchParams.append('error_description', description)
  if (state !== undefined) target.searchParams.append('state', state)
  return target.toString()
}
