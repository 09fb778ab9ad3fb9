import type {HelixResponse} from '../model/helix-call.js'
import {callHelix, type HelixDeps, type HelixOutcome} from './call-helix.js'
import type {FilledParameter, HelixInput} from './plan-helix-call.js'
import type {Pace} from './send-paced.js'

/** The API's answer, whatever it is, and what a person may want to know of the call. */
export interface HelixAnswer extends Omit<HelixResponse, 'tokenRefused'> {
  /** The account needs a login, and the API's own 401 is what is answered. */
  loginNeeded?: {message: string; hint: string}
  warning?: string
  /** What was left out and filled in. */
  filled?: FilledParameter
  /** What may help, where the API refused. */
  hint?: string
}

export function toHelixAnswer({answer, ...call}: HelixOutcome): HelixAnswer {
  const {tokenRefused: _judged, ...response} = answer
  return {...response, ...call}
}

/** {@link callHelix}, and what a command shows of it. */
export const askHelix = async (deps: HelixDeps, input: HelixInput, pace?: Pace): Promise<HelixAnswer> =>
  toHelixAnswer(await callHelix(deps, input, pace))
