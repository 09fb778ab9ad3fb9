import type {HelixResponse} from '../model/helix-call.js'
import type {BrokerDeps, HelixPort} from './broker-deps.js'
import type {AccountCall} from './call-as-account.js'
import {explainHelixAnswer} from './explain-helix-answer.js'
import {planHelixCall, type FilledParameter, type HelixInput} from './plan-helix-call.js'
import {sendHelixPlan} from './send-helix-plan.js'
import type {Pace} from './send-paced.js'

/** The broker’s parts, and the Twitch API. */
export type HelixDeps = BrokerDeps & {helix: HelixPort}

/** What the API answered, and what a person may want to know of the call. */
export interface HelixOutcome extends AccountCall<HelixResponse> {
  filled?: FilledParameter
  /** What may help, where the API refused. */
  hint?: string
}

/**
 * Calls the Twitch API as a named account, the owner, or the application (design 5 and 7).
 * @throws BehalfError what planning the call and getting a token throw. What the API answers is returned, whatever it is.
 */
export async function callHelix(deps: HelixDeps, input: HelixInput, pace: Pace = {}): Promise<HelixOutcome> {
  const plan = await planHelixCall(deps, input)
  const call = await sendHelixPlan(deps, plan, pace)
  const hint = await explainHelixAnswer(deps, plan, call.answer)
  return {...call, ...(plan.filled && {filled: plan.filled}), ...(hint !== undefined && {hint})}
}
