import {diagnoseAccounts} from './broker/diagnose-accounts.js'
import {diagnoseClock} from './broker/diagnose-clock.js'
import {diagnoseProviders} from './broker/diagnose-providers.js'
import type {BrokerDeps} from './broker/broker-deps.js'
import {callbackUrlOf, loadProviders} from './broker/load-provider.js'
import {inspectEnvironment, type EnvironmentReport} from './config/inspect-environment.js'
import {readContext} from './config/read-context.js'
import {readSettings, type Settings} from './config/settings.js'
import {createSystemClock} from './config/system-clock.js'
import {findDaemonBehind} from './daemon/doors/find-daemon.js'
import {BehalfError, type ErrorCode} from './model/behalf-error.js'
import type {HealthCheck, HealthTopic} from './model/health-check.js'
import {isConfidential} from './model/provider.js'
import {isSound, type StoreFinding, type StoreReport} from './model/store-report.js'
import {listPresets} from './providers/presets.js'
import {checkJsonStore} from './store/check/check-store.js'
import {probeKernelLock, type LockMeans} from './store/check/probe-kernel-lock.js'

/** What was found, short of what only the command line can see. */
export interface Diagnosis {
  checks: HealthCheck[]
  /** Where logins come back that open the browser, and the process of the daemon that takes them there. */
  callbacks: {url: string; daemonPid?: number}[]
  hasDesktop: boolean
}

export interface DiagnosisInput {
  store?: string
  /** Ask no provider. */
  offline: boolean
}

/** Puts the broker together; called only when the store is sound. */
export type OpenDeps = (settings: Settings) => Promise<BrokerDeps>

/** @throws BehalfError `configuration`. */
export async function checkStore(flags: {store?: string}): Promise<StoreReport> {
  const {store, sealingSecret: secret, providerOverrides} = readSettings(flags)
  const givenProviders = providerOverrides.map(({name}) => name)
  if (store.kind === 'json') return checkJsonStore({path: store.path, secret, givenProviders})
  const {checkRedisStore} = await import('./store/redis/check/check-redis-store.js')
  return checkRedisStore({place: store, secret, givenProviders}, createSystemClock())
}

/**
 * Looks at everything that commands rely on. A part that is not in order hides only what cannot be seen without it.
 * Neither the store nor its key is made.
 */
export async function diagnose({offline, ...flags}: DiagnosisInput, open: OpenDeps): Promise<Diagnosis> {
  const environment = inspectEnvironment(listPresets().map(({name}) => name))
  const checks = [checkNode(), ...checkVariables(environment)]
  const found: Diagnosis = {checks, callbacks: [], hasDesktop: environment.hasDesktop}
  const settings = await attempt(checks, 'settings', () => Promise.resolve(readSettings(flags)))
  if (settings === undefined) return found
  checks.push(tellSettings(environment))
  await attempt(checks, 'settings', () => Promise.resolve(checks.push(...checkContext(settings))))
  const report = await attempt(checks, 'store', () => checkStore(flags))
  if (report === undefined) return found
  checks.push(...tellStore(report))
  const around = await attempt(checks, 'locks', () => diagnoseAround(settings, report))
  checks.push(...(around ?? []))
  if (isSound(report)) await diagnoseUse(found, report, await open(settings), offline)
  return found
}

/** What a store relies on: locks where it is a file, else a Redis. */
async function diagnoseAround({store}: Settings, report: StoreReport): Promise<HealthCheck[]> {
  if (store.kind === 'json') return [tellLocks(await probeKernelLock(report.location), report)]
  if (!isSound(report)) return []
  const {diagnoseRedis} = await import('./store/redis/check/diagnose-redis.js')
  return diagnoseRedis(store, createSystemClock())
}

async function diagnoseUse(found: Diagnosis, report: StoreReport, deps: BrokerDeps, offline: boolean): Promise<void> {
  try {
    const providers = await diagnoseProviders(deps, {offline})
    const clocks = {lastWrittenAt: report.lastWrittenAt, offsets: providers.clockOffsets}
    found.checks.push(diagnoseClock(deps.clock.now(), clocks), ...providers.checks, ...(await diagnoseAccounts(deps)))
    found.callbacks = await Promise.all((await findCallbackUrls(deps)).map((url) => findCallback(deps, report, url)))
  } finally {
    await deps.store.close()
  }
}

/** Where the browser comes back to. Twitch clients without a secret show a code instead. */
async function findCallbackUrls(deps: BrokerDeps): Promise<string[]> {
  const providers = await loadProviders(deps)
  if (providers.length === 0) return [deps.providers.callbackUrl]
  const usingBrowser = providers.filter((provider) => provider.dialect !== 'twitch' || isConfidential(provider))
  return [...new Set(usingBrowser.map((provider) => callbackUrlOf(deps, provider)))]
}

async function findCallback(
  deps: BrokerDeps,
  {exists}: StoreReport,
  url: string,
): Promise<Diagnosis['callbacks'][number]> {
  // A store that is not there has no daemon.
  const daemon = exists ? await findDaemonBehind(deps, url) : undefined
  return daemon === undefined ? {url} : {url, daemonPid: daemon.pid}
}

async function attempt<T>(checks: HealthCheck[], name: HealthTopic, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof BehalfError)) throw error
    const {code, message, hint} = error
    checks.push({name, status: 'problem', code, message, ...(hint !== undefined && {hint})})
    return undefined
  }
}

/** What `.behalf.json` says is not for this command; that one is ignored, or cannot be read, is. */
const checkContext = (settings: Settings): HealthCheck[] =>
  readContext(settings).warnings.map((message) => ({name: 'settings', status: 'warning', message}))

const OLDEST_NODE = [20, 19] as const

function checkNode(): HealthCheck {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const [oldestMajor, oldestMinor] = OLDEST_NODE
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) {
    return {name: 'node', status: 'ok', message: `Node ${process.versions.node}.`}
  }
  const message = `Node ${process.versions.node} is too old: behalf needs ${OLDEST_NODE.join('.')} or newer.`
  return {name: 'node', status: 'problem', code: 'configuration', message, hint: 'Install a newer Node.'}
}

const checkVariables = ({unknown}: EnvironmentReport): HealthCheck[] =>
  unknown.map(({name, meant}) => ({
    name: 'settings',
    status: 'warning',
    message: `The variable ${name} means nothing to behalf.${meant === undefined ? '' : ` Did you mean ${meant}?`}`,
    hint: `unset ${name}`,
  }))

const tellSettings = ({set}: EnvironmentReport): HealthCheck => ({
  name: 'settings',
  status: 'ok',
  message: set.length === 0 ? 'No variable changes a setting.' : `From the environment: ${set.join(', ')}.`,
})

function tellLocks(means: LockMeans, {findings}: StoreReport): HealthCheck {
  const held = findings.filter(({code}) => code === 'lock-held').map(({message}) => message)
  const works = `Locks work here, by ${means === 'addon' ? 'the kernel itself' : 'the program flock'}.`
  return {name: 'locks', status: 'ok', message: [works, ...held].join(' ')}
}

function tellStore(report: StoreReport): HealthCheck[] {
  const {findings, exists, location, accounts} = report
  const grave = findings.filter(({severity}) => severity !== 'note').map(tellFinding)
  if (grave.length > 0) return grave
  const message = exists
    ? `${location} is in order: ${String(accounts)} ${accounts === 1 ? 'account' : 'accounts'}, every secret opens.`
    : `${location} is not there yet; what you set up first makes it.`
  return [{name: 'store', status: 'ok', message}]
}

function tellFinding({severity, code, message, hint}: StoreFinding): HealthCheck {
  const isProblem = severity === 'error'
  return {
    name: 'store',
    status: isProblem ? 'problem' : 'warning',
    ...(isProblem && {code: codeOf(code)}),
    message,
    ...(hint !== undefined && {hint}),
  }
}

/** What commands fail with because of a finding that is an error. */
function codeOf(code: StoreFinding['code']): ErrorCode {
  switch (code) {
    case 'network-file-system':
      return 'configuration'
    case 'store-missing':
    case 'two-owners':
    case 'open-to-others':
    case 'key-beside-store':
    case 'backup-unusable':
    case 'old-copy':
    case 'no-provider':
    case 'unknown-account':
    case 'refresh-unfinished':
    case 'stray-journal':
    case 'lock-held':
    case 'missing-hint':
    case 'stray-hint':
    case 'unknown-key':
      return 'store-damaged'
    default:
      return code
  }
}
