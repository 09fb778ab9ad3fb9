import type {HealthCheck} from '../model/health-check.js'
import {isConfidential, needsClient, type Provider} from '../model/provider.js'
import type {ClientVerdict} from '../providers/provider-client.js'
import type {BrokerDeps} from './broker-deps.js'
import {findMisconfiguration, loadProviders, misconfiguredError} from './load-provider.js'

type Deps = Pick<BrokerDeps, 'store' | 'providers' | 'providerClient'>

export interface ProviderDiagnosis {
  checks: HealthCheck[]
  /** How far this machine's clock is ahead of each provider's that told its time. */
  clockOffsets: {provider: string; aheadMs: number}[]
}

/** Whether each provider answers and takes its client. `offline`: what is known of it without asking. */
export async function diagnoseProviders(deps: Deps, {offline}: {offline: boolean}): Promise<ProviderDiagnosis> {
  const providers = await loadProviders(deps)
  if (providers.length === 0) return {checks: [NO_PROVIDER], clockOffsets: []}
  const found = await Promise.all(providers.map((provider) => diagnoseProvider(deps, provider, {offline})))
  return {
    checks: found.map(({check}) => check),
    clockOffsets: found.flatMap(({offset}) => (offset === undefined ? [] : [offset])),
  }
}

/** The same of one. `offset`: how far this machine's clock is ahead of its, where it told its time. */
export async function diagnoseProvider(
  deps: Deps,
  provider: Provider,
  {offline}: {offline: boolean},
): Promise<{check: HealthCheck; offset?: ProviderDiagnosis['clockOffsets'][number]}> {
  const flagged = await findMisconfiguration(deps, provider)
  if (provider.clientId === '' && needsClient(provider)) return {check: withoutClientId(provider)}
  if (offline) return {check: flagged === undefined ? notAsked(provider) : refused(provider, flagged)}
  const verdict = await deps.providerClient.checkClient(provider)
  const offset = offsetOf(provider, verdict)
  return {check: judge(provider, verdict, flagged), ...(offset && {offset})}
}

function judge(provider: Provider, verdict: ClientVerdict, flagged: string | undefined): HealthCheck {
  const {name} = provider
  switch (verdict.kind) {
    case 'refused':
      return refused(provider, verdict.reason, verdict.fault)
    case 'unavailable':
      return {
        name: 'provider',
        status: 'problem',
        code: 'unavailable',
        message: `${name} ${verdict.reason}.`,
        hint: 'Check the network, then again: behalf doctor',
      }
    case 'unsupported':
      if (flagged !== undefined) return refused(provider, flagged)
      if (!needsClient(provider)) return ok(`${name} answers.`)
      return ok(`${name} answers. Whether it takes the client cannot be asked: ${verdict.reason}.`)
    case 'accepted':
      if (flagged === undefined)
        return ok(`${name} answers, and takes the client${isConfidential(provider) ? '' : ' id'}.`)
      return {
        name: 'provider',
        status: 'warning',
        message: `${name} takes the client again. It had refused it (${flagged}), so nothing is refreshed before a login.`,
        hint: `behalf login${name === 'twitch' ? '' : ` --provider ${name}`}`,
      }
  }
}

function refused(provider: Provider, reason: string, fault = 'client'): HealthCheck {
  const error = misconfiguredError(provider, reason)
  const isStored = provider.credentialsFrom === 'store'
  const hint =
    isStored && fault === 'client-id'
      ? `behalf provider update ${provider.name} --client-id …`
      : isStored && fault === 'secret-given'
        ? `behalf provider update ${provider.name} --auth-method none`
        : error.hint
  return {
    name: 'provider',
    status: 'problem',
    code: error.code,
    message: error.message,
    ...(hint !== undefined && {hint}),
  }
}

function withoutClientId({name}: Provider): HealthCheck {
  const variable = `BEHALF_${name.toUpperCase().replaceAll('-', '_')}_CLIENT_ID`
  return {
    name: 'provider',
    status: 'problem',
    code: 'configuration',
    message: `The environment gives a client secret for ${name}, but no client id.`,
    hint: `Set ${variable}.`,
  }
}

const ok = (message: string): HealthCheck => ({name: 'provider', status: 'ok', message})

const notAsked = ({name}: Provider): HealthCheck => ok(`${name} is set up; it was not asked (--offline).`)

const NO_PROVIDER: HealthCheck = {
  name: 'provider',
  status: 'warning',
  message: 'No service is set up yet.',
  hint: 'behalf provider add twitch',
}

function offsetOf(provider: Provider, verdict: ClientVerdict): {provider: string; aheadMs: number} | undefined {
  const aheadMs = verdict.kind === 'unavailable' ? undefined : verdict.clockAheadMs
  return aheadMs === undefined ? undefined : {provider: provider.name, aheadMs}
}
