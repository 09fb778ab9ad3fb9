import type {BrokerDeps} from '../../broker/broker-deps.js'
import {confirmFlow, declineFlow, findOwnFlow, type Confirmation} from '../../broker/confirm-flow.js'
import {readEnd, type FlowEnd} from '../../broker/end-flow.js'
import {issueLoginToken} from '../../broker/issue-login-token.js'
import {findWaitingFlow, leaveForProvider} from '../../broker/leave-for-provider.js'
import {receiveCallback} from '../../broker/receive-callback.js'
import {isAnswer} from '../../broker/redeem-flow.js'
import type {FlowPlace} from '../../broker/start-flow.js'
import {BehalfError} from '../../model/behalf-error.js'
import type {CallbackPage} from '../../model/callback-page.js'
import {isCallbackPath} from '../../model/callback-paths.js'
import {isWebLogin, type Flow} from '../../model/flow.js'
import {Secret} from '../../model/secret.js'
import {declinedJson, endJson, failureJson, heldJson, json, sendTo, showPage} from './flow-answers.js'
import {proofTextOf, readFlowCookie, setFlowCookie} from './flow-cookie.js'
import {namesOf} from './flow-names.js'
import {codePage, confirmPage, DECLINED, donePage, NO_ANSWER, startPage, troublePage} from './page-texts.js'
import {readParameters} from './read-parameters.js'

export interface FlowPageOptions {
  /** The folder below which the pages are, without a trailing slash; `''`: the root. */
  mount: string
  /** The path of the redirect URI, where it is none of the daemon's. */
  callbackPath?: string
  /** The origin of the pages where a redirect URI leads to somebody else's. */
  publicUrl?: string
  /** What asks for a flow that no API token started. */
  appName?: string
  /** Web logins get an API token. */
  loginTokens?: boolean
  /**
   * The path of a page of ours to which flows lead back by a link, and by no redirect: its cookie is `SameSite=Strict`, and
   * stays at home behind a redirect that the provider began.
   */
  linkedPath?: string
}

/** What the pages are handed. */
export interface FlowPageDeps extends BrokerDeps {
  /** Told of every flow that ends here, and of what went wrong beside. */
  onEnd?(end: FlowEnd): void
  onTrouble?(error: unknown): void
}

export interface FlowPages extends FlowPlace {
  /** The answer to a request for one of these pages; undefined for any other. Never rejects. */
  handle(request: Request): Promise<Response | undefined>
}

/**
 * The pages of flows (design 9): the start page, the callback, the confirmation. A function of the Fetch API, for the
 * daemon and for programs that mount them.
 */
export function createFlowPages(deps: FlowPageDeps, options: FlowPageOptions): FlowPages {
  const visits = new FlowVisits(deps, options)
  return {
    startPageOf: (flow) => visits.startPageOf(flow),
    async handle(request) {
      const route = visits.findRoute(new URL(request.url).pathname)
      if (route === undefined) return undefined
      try {
        return await visits.answer(route, request)
      } catch (error) {
        deps.onTrouble?.(error)
        return wantsJson(request, route) ? failureJson(error) : showPage(troublePage(error))
      }
    },
  }
}

type Route = {kind: 'callback'; path: string} | {kind: 'start' | 'confirm'; flowId: string}

/** A POST of the callback is a program's; a browser posts only our own forms. */
const wantsJson = (request: Request, route: Route): boolean =>
  (route.kind === 'callback' && request.method === 'POST') ||
  /\bapplication\/json\b/i.test(request.headers.get('accept') ?? '')

class FlowVisits {
  readonly #deps: FlowPageDeps
  readonly #options: FlowPageOptions

  constructor(deps: FlowPageDeps, options: FlowPageOptions) {
    this.#deps = deps
    this.#options = options
  }

  findRoute(pathname: string): Route | undefined {
    const {mount, callbackPath} = this.#options
    if (!pathname.startsWith(`${mount}/`)) return undefined
    const path = pathname.slice(mount.length)
    if (pathname === callbackPath || isCallbackPath(path)) return {kind: 'callback', path: pathname}
    const [, flowId, page] = /^\/flows\/([\w-]{1,64})\/(start|confirm)$/.exec(path) ?? []
    if (flowId === undefined) return undefined
    return {kind: page === 'start' ? 'start' : 'confirm', flowId}
  }

  /** On the host of the redirect URI, for the cookie's sake; unless that leads to somebody else's page. */
  startPageOf({id, redirectUri}: Pick<Flow, 'id' | 'redirectUri'>): string {
    const {mount, callbackPath, publicUrl} = this.#options
    const {origin, pathname} = new URL(redirectUri)
    const isOurs = pathname === callbackPath || isCallbackPath(pathname.slice(mount.length))
    return `${isOurs ? origin : (publicUrl ?? origin)}${this.#pathOf(id, 'start')}`
  }

  async answer(route: Route, request: Request): Promise<Response> {
    if (request.method !== 'GET' && request.method !== 'POST') return refuseMethod(request, route)
    if (route.kind === 'callback') return this.#answerCallback(route.path, request)
    if (request.method === 'POST') await this.#checkSameSite(route.flowId, request)
    if (route.kind === 'confirm') return this.#answerConfirmation(route.flowId, request)
    return request.method === 'POST' ? this.#leave(route.flowId) : this.#showStart(route.flowId)
  }

  async #showStart(flowId: string): Promise<Response> {
    const flow = await findWaitingFlow(this.#deps, flowId)
    const names = await namesOf(this.#deps, flow, this.#options.appName)
    // Browsers hold the redirects behind a form to this too, and logins lead through more than one host.
    return showPage(startPage(flow, names, this.#pathOf(flowId, 'start')), "'self' https: http:")
  }

  async #leave(flowId: string): Promise<Response> {
    const {flow, cookie, url} = await leaveForProvider(this.#deps, flowId)
    return sendTo(url, {'Set-Cookie': setFlowCookie(flow, cookie)})
  }

  async #answerCallback(path: string, request: Request): Promise<Response> {
    const asJson = wantsJson(request, {kind: 'callback', path})
    const parameters = await readParameters(request)
    if (!isAnswer(parameters)) {
      return asJson ? failureJson(new BehalfError('invalid-input', NO_ANSWER.text)) : showPage(NO_ANSWER)
    }
    const cookieOf = readCookieOf(request)
    const isPosted = request.method === 'POST'
    const step = await receiveCallback(this.#deps, {parameters, cookieOf, path, isPosted})
    if (step.kind === 'held') return this.#ask(step, cookieOf, asJson)
    this.#deps.onEnd?.(step)
    if (!asJson) return this.#showEnd(step)
    const getsToken = isPosted && step.kind === 'done' && isWebLogin(step.flow)
    return endJson(step, getsToken ? await this.#issueToken(step.flow) : undefined)
  }

  async #answerConfirmation(flowId: string, request: Request): Promise<Response> {
    const asJson = wantsJson(request, {kind: 'confirm', flowId})
    const cookieOf = readCookieOf(request)
    const own: Confirmation = {flowId, cookieOf}
    const flow = await findOwnFlow(this.#deps, own)
    if (request.method === 'GET') return this.#showProgress(flow, cookieOf, asJson)
    const parameters = await readParameters(request)
    const proof = await this.#proofOf(flow, cookieOf(flow))
    if (!new Secret(parameters.get('proof') ?? '').equals(new Secret(proof))) {
      throw new BehalfError('refused', 'This did not come from the page that asked.')
    }
    if (parameters.get('decision') !== 'connect') {
      this.#deps.onEnd?.(await declineFlow(this.#deps, own))
      return asJson ? declinedJson(flow) : this.#goBack(flow, () => Promise.resolve(DECLINED))
    }
    const end = await confirmFlow(this.#deps, own)
    this.#deps.onEnd?.(end)
    return asJson ? endJson(end) : this.#showEnd(end)
  }

  /** How far a flow of this browser has come. */
  async #showProgress(flow: Flow, cookieOf: (flow: Flow) => Secret | undefined, asJson: boolean): Promise<Response> {
    if (flow.held) return this.#ask({kind: 'held', flow}, cookieOf, asJson)
    if (flow.outcome) {
      const end = await readEnd(this.#deps, flow)
      return asJson ? endJson(end) : this.#showEnd(end)
    }
    throw new BehalfError('login-failed', 'There is nothing to confirm here yet.')
  }

  async #ask(
    step: {kind: 'held'; flow: Flow},
    cookieOf: (flow: Flow) => Secret | undefined,
    asJson: boolean,
  ): Promise<Response> {
    const {flow} = step
    const proof = await this.#proofOf(flow, cookieOf(flow))
    const action = this.#pathOf(flow.id, 'confirm')
    if (asJson) return heldJson(step, {url: new URL(action, this.startPageOf(flow)).href, proof})
    const {held} = flow
    if (held === undefined) throw new BehalfError('internal', 'A flow without what it holds was to be confirmed')
    const names = await namesOf(this.#deps, flow, this.#options.appName)
    if (flow.confirm === 'code') return showPage(codePage(flow, held, names))
    const back = flow.returnTo === undefined ? '' : ` ${new URL(flow.returnTo).origin}`
    return showPage(confirmPage(flow, held, names, {action, proof}), `'self'${back}`)
  }

  async #showEnd(end: FlowEnd): Promise<Response> {
    return this.#goBack(end.flow, async () => {
      if (end.kind === 'failed') return troublePage(end.error, end.flow)
      return donePage(end.flow, end.result, await namesOf(this.#deps, end.flow, this.#options.appName))
    })
  }

  /** Who started the flow may want the browser back, and gets the flow's id and nothing else. */
  async #goBack({id, returnTo}: Flow, describe: () => Promise<CallbackPage>): Promise<Response> {
    if (returnTo === undefined) return showPage(await describe())
    const url = new URL(returnTo)
    url.searchParams.set('flow', id)
    if (url.pathname !== this.#options.linkedPath) return sendTo(url.href)
    return showPage({...(await describe()), link: {label: 'Back to behalf', href: url.href}})
  }

  async #issueToken({id}: Flow) {
    return this.#options.loginTokens ? issueLoginToken(this.#deps, id) : undefined
  }

  /**
   * Our forms are posted by our pages. Browsers name the origin with every POST, and not all of them the site; who names
   * neither is no browser. A proxy may have the pages asked for under another host than the browser does.
   */
  async #checkSameSite(flowId: string, request: Request): Promise<void> {
    const site = request.headers.get('sec-fetch-site')
    const origin = request.headers.get('origin')
    const flow = await this.#deps.store.flows.get(flowId)
    const hosts = [request.url, ...(flow ? [this.startPageOf(flow)] : [])].map((url) => new URL(url).host)
    const isOwn = origin === null || (URL.canParse(origin) && hosts.includes(new URL(origin).host))
    if (isOwn && (site === null || site === 'same-origin')) return
    throw new BehalfError('refused', 'This form was sent by another site.')
  }

  /** Only the page that asked knows it: it is made of the cookie, which no page can read. */
  async #proofOf(flow: Flow, cookie: Secret | undefined): Promise<string> {
    return this.#deps.store.fingerprint(proofTextOf(flow, cookie))
  }

  #pathOf(flowId: string, page: 'start' | 'confirm'): string {
    return `${this.#options.mount}/flows/${flowId}/${page}`
  }
}

const readCookieOf =
  (request: Request) =>
  (flow: Flow): Secret | undefined =>
    readFlowCookie(flow, request.headers.get('cookie'))

function refuseMethod(request: Request, route: Route): Response {
  const allow = {Allow: 'GET, POST'}
  if (wantsJson(request, route)) {
    return json(405, {code: '405', message: 'Only GET, POST is taken here.', error: 'true'}, allow)
  }
  const page = showPage({status: 405, title: 'Not like this', text: 'Only GET and POST are answered here.'})
  page.headers.set('Allow', 'GET, POST')
  return page
}
