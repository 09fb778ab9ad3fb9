import {endFlow} from '../../broker/end-flow.js'
import type {BrokerDeps} from '../../broker/broker-deps.js'
import {BehalfError} from '../../model/behalf-error.js'
import {PAGE_HEADERS, renderCallbackPage, type CallbackPage} from '../../model/callback-page.js'
import {failurePage, successPage} from '../../model/login-pages.js'
import type {DaemonDeps} from '../daemon-deps.js'
import type {Visit} from './front-door.js'

type Deps = Pick<DaemonDeps, keyof BrokerDeps | 'log'>

/** Ends the login that a browser comes back from, and shows how it went. */
export async function endLogin(deps: Deps, visit: Visit): Promise<void> {
  const callback = new URLSearchParams(visit.query)
  if (visit.request.method !== 'GET') show(visit, WRONG_METHOD, {Allow: 'GET'})
  else if (!callback.has('code') && !callback.has('error')) show(visit, NO_ANSWER)
  else show(visit, await finish(deps, callback))
}

async function finish(deps: Deps, callback: URLSearchParams): Promise<CallbackPage> {
  try {
    const {account, created} = await endFlow(deps, callback)
    deps.log.info('login-ended', {account: account.key, created})
    return successPage(account)
  } catch (error) {
    if (error instanceof BehalfError) deps.log.info('login-failed', {error})
    else deps.log.error('login-failed', {error})
    return failurePage(error)
  }
}

const WRONG_METHOD: CallbackPage = {status: 405, title: 'Not like this', text: 'Only GET is answered here.'}
const NO_ANSWER: CallbackPage = {
  status: 400,
  title: 'Nothing to do yet',
  text: 'There is no answer of the provider in this address. The login is still waiting for it.',
}

function show({request, response}: Visit, page: CallbackPage, headers: Record<string, string> = {}): void {
  response.writeHead(page.status, {...PAGE_HEADERS, ...headers})
  response.end(request.method === 'HEAD' ? undefined : renderCallbackPage(page))
}
