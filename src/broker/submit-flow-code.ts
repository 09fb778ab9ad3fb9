import {BehalfError} from '../model/behalf-error.js'
import {awaitsCallback, type Flow, type HeldGrant} from '../model/flow.js'
import {Secret} from '../model/secret.js'
import type {BrokerDeps} from './broker-deps.js'
import {completeLogin, type LoginResult} from './complete-login.js'
import {giveUpHeld, keepHeld} from './confirm-flow.js'
import {settleFlow, type FlowEnd} from './end-flow.js'
import {callbackOf} from './flow-state.js'
import {loadProvider} from './load-provider.js'
import {findFlowOf} from './read-flow.js'
import {checkCallbackShape, checkNotExpired, purposeOf, redeemFlow, takeFlow} from './redeem-flow.js'

type Deps = Pick<BrokerDeps, 'store' | 'providerClient' | 'clock' | 'random' | 'providers'>

/** So many wrong confirmation codes end a flow. */
const MAX_MISSES = 5
const MAX_PASTED_LENGTH = 16_384

/** What a person sent back in the chat. */
export interface SubmittedCode {
  flowId: string
  /** The confirmation code, the PIN, or the code of the callback: alone, or the whole address with it. */
  code: string
  /** The id of the API token that asks. */
  startedBy?: string
}

/**
 * Ends a flow with what the person sent back in the chat, who is known there: no cookie and no page is needed. A flow
 * that has a start page takes a confirmation code alone.
 * @throws BehalfError `flow-not-found`; `invalid-input` for what is no code, or not of this flow's kind, and for a wrong
 * confirmation code, which may be tried again; `login-failed`, and what completing a login throws.
 */
export async function submitFlowCode(deps: Deps, {flowId, code, startedBy}: SubmittedCode): Promise<LoginResult> {
  const flow = await findFlowOf(deps, flowId, startedBy)
  const text = code.trim()
  if (text === '' || text.length > MAX_PASTED_LENGTH || /[\p{Cc}]/u.test(text)) throw notACode()
  checkNotExpired(deps, flow)
  if (flow.held) return resultOf(await submitConfirmation(deps, flow, flow.held, text))
  if (!awaitsCallback(flow)) {
    throw new BehalfError('login-failed', 'This login has ended already: its code serves once.', {
      hint: 'Start the login again.',
    })
  }
  if (flow.startPage) throw endsInBrowser()
  const callback = readPasted(text, flow)
  checkCallbackShape(callback)
  const taken = await takeFlow(deps, flow)
  const end = await settleFlow(deps, taken, async () => {
    const provider = await loadProvider(deps, taken.provider)
    return completeLogin(deps, purposeOf(taken, provider), await redeemFlow(deps, taken, provider, callback))
  })
  return resultOf(end)
}

function resultOf(end: FlowEnd): LoginResult {
  if (end.kind === 'done') return end.result
  throw end.error
}

async function submitConfirmation(deps: Deps, flow: Flow, held: HeldGrant, text: string): Promise<FlowEnd> {
  if (held.code === undefined) {
    throw new BehalfError('invalid-input', 'This login waits for a button in the browser, not for a code.')
  }
  if (new Secret(text.replaceAll(/[\s-]/g, '').toUpperCase()).equals(held.code)) return keepHeld(deps, flow)
  const missed = await deps.store.flows.update(flow.id, (current) =>
    current.held ? {...current, held: {...current.held, misses: current.held.misses + 1}} : undefined,
  )
  const misses = missed?.held?.misses ?? MAX_MISSES
  if (misses < MAX_MISSES) {
    throw new BehalfError('invalid-input', 'That is not the code that the page shows.', {
      hint: `Send it as it is shown there. Tries left: ${String(MAX_MISSES - misses)}.`,
    })
  }
  const why = new BehalfError('login-failed', 'The wrong code was sent too often.', {hint: 'Start the login again.'})
  await giveUpHeld(deps, flow, why)
  throw why
}

/** The query of a whole address, or what stands for one that has the code alone. */
function readPasted(text: string, flow: Flow): URLSearchParams {
  const isUrl = /^https?:\/\//i.test(text)
  if (isUrl && !URL.canParse(text)) throw notACode()
  const query = isUrl ? new URL(text).searchParams : new URLSearchParams(text)
  const isWhole = query.has('code') || query.has('error') || query.has('oauth_verifier')
  if (isWhole && query.has('state')) return query
  if (isUrl || isWhole || /\s/.test(text)) throw notACode()
  return callbackOf(flow, text)
}

/** What somebody else was talked into handing over would go round the cookie and the question. */
const endsInBrowser = (): BehalfError =>
  new BehalfError('invalid-input', 'This login ends in the browser where it began: no code is taken.', {
    hint: 'The person goes on at the address that they were given.',
  })

const notACode = (): BehalfError =>
  new BehalfError('invalid-input', 'That is neither a code nor the address that the login ended at.', {
    hint: 'Send the code alone, or the whole address with the code= and state= in it.',
  })
