import type {AccountContext} from '../model/account-context.js'
import type {NamedAccount} from '../model/account-name.js'
import {BehalfError} from '../model/behalf-error.js'
import type {BrokerDeps} from './broker-deps.js'
import {findHelixAccount} from './find-acting-account.js'

/** Who acts by default, or why nobody can. */
export interface ContextView {
  /** Undefined where a file could not be read. */
  context?: AccountContext
  account?: NamedAccount
  problem?: BehalfError
  /** Of files that were ignored, and why. */
  warnings: string[]
}

/** Whatever is wrong with the context is told, not thrown: it is shown beside other things. */
export async function describeContext(
  deps: Pick<BrokerDeps, 'store' | 'providers'>,
  read: () => {context: AccountContext; warnings: string[]},
): Promise<ContextView> {
  let reading: ReturnType<typeof read> | undefined
  try {
    reading = read()
    return {...reading, account: await findHelixAccount(deps, {context: reading.context})}
  } catch (problem) {
    if (!(problem instanceof BehalfError)) throw problem
    return {warnings: [], ...reading, problem}
  }
}
