import type {LibraryBroker, LibraryWatch} from '../compose-library.js'
import {nameOf} from '../model/account-name.js'
import {BehalfError} from '../model/behalf-error.js'
import type {Flow, FlowOutcome} from '../model/flow.js'
import {isUnfinishedImport} from '../model/unfinished-import.js'
import {tellConnected, tellFailed} from './flow-texts.js'
import type {LoginOffers} from './login-offers.js'
import type {Voice} from './voice.js'

/**
 * Has the program told of what happens, whichever call it came of.
 * @param broker Asked for when there is something to tell: it is told who watches before it is there.
 */
export function createWatch(broker: () => LibraryBroker, voice: Voice, offers: LoginOffers): LibraryWatch {
  return {
    onRefreshEnd(_input, result) {
      // Whose they are is not known yet: who imports is told.
      if (result.kind !== 'gone' && isUnfinishedImport(result.account)) return
      switch (result.kind) {
        case 'refreshed':
          voice.info(`Refreshed the tokens of ${nameOf(result.account)}.`)
          break
        case 'rejected':
          voice.warn(`${nameOf(result.account)} needs a login: ${result.reason}.`)
          void offers.offer(result.account)
          break
        case 'misconfigured':
          voice.error(`${result.account.provider} refuses this client: ${result.reason}.`)
          break
        case 'unavailable':
        case 'in-doubt':
          voice.warn(`The tokens of ${nameOf(result.account)} could not be refreshed: ${result.reason}.`)
          break
        // Nothing was sent.
        case 'superseded':
        case 'login-needed':
        case 'gone':
      }
    },
    onTrouble(error) {
      // Of what a person did, their page tells them.
      if (error instanceof BehalfError && error.code !== 'internal') voice.info(`A page was refused: ${error.message}`)
      else voice.error(`A page could not be answered: ${String(error)}`)
    },
    onFlowEnd(flow, outcome) {
      tellFlowEnd(broker(), voice, flow, outcome).catch((error: unknown) => {
        voice.error(`It could not be told how the flow ${flow.id} ended: ${String(error)}`)
      })
    },
  }
}

async function tellFlowEnd(
  broker: LibraryBroker,
  voice: Voice,
  {subject, provider, role}: Flow,
  outcome: FlowOutcome,
): Promise<void> {
  const who = `${subject ?? `a ${role}`} at ${provider}`
  if (outcome.kind === 'failed') {
    voice.warn(`The login of ${who} failed: ${outcome.message}`)
    if (subject !== undefined) voice.tell(subject, tellFailed(provider, outcome))
    return
  }
  voice.info(`The login of ${who} succeeded.`)
  if (subject !== undefined) voice.tell(subject, tellConnected(await broker.showAccount(outcome.account)))
}
