import type {BrokerDeps} from '../../broker/broker-deps.js'
import {loadProvider} from '../../broker/load-provider.js'
import {BehalfError} from '../../model/behalf-error.js'
import {startingSession, type Flow} from '../../model/flow.js'
import type {PageNames} from './page-texts.js'

type Deps = Pick<BrokerDeps, 'store' | 'providers'>

/**
 * What a flow's pages call the program that asks, and the service.
 * @param appName Of a program that asks without an API token.
 */
export async function namesOf(deps: Deps, flow: Flow, appName?: string): Promise<PageNames> {
  return {
    app: await nameStarter(deps, flow, appName ?? new URL(flow.redirectUri).host),
    service: await nameService(deps, flow.provider),
  }
}

async function nameStarter({store}: Deps, flow: Flow, fallback: string): Promise<string> {
  if (flow.startedBy === undefined) return fallback
  if (startingSession(flow) !== undefined) return 'behalf'
  return (await store.apiTokens.get(flow.startedBy))?.name ?? fallback
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
