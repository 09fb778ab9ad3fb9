import type {BrokerDeps} from '../../broker/broker-deps.js'
import {loadProvider} from '../../broker/load-provider.js'
import {BehalfError} from '../../model/behalf-error.js'
import type {Flow} from '../../model/flow.js'
import type {PageNames} from './page-texts.js'

type Deps = Pick<BrokerDeps, 'store' | 'providers'>

/**
 * What a flow's pages call the program that asks, and the service.
 * @param appName Of a program that asks without an API token.
 */
export async function namesOf(deps: Deps, flow: Flow, appName?: string): Promise<PageNames> {
  const token = flow.startedBy === undefined ? undefined : await deps.store.apiTokens.get(flow.startedBy)
  const fallback = appName ?? new URL(flow.redirectUri).host
  return {app: token?.name ?? fallback, service: await nameService(deps, flow.provider)}
}

async function nameService(deps: Deps, name: string): Promise<string> {
  try {
    const {preset = name} = await loadProvider(deps, name)
    const title = deps.providers.describePreset(preset)?.title ?? name
    // Two clients at one service are told apart.
    return preset === name ? title : `${title} (${name})`
  } catch (error) {
    if (error instanceof BehalfError) return name
    throw error
  }
}
