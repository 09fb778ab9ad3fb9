import {showAccountOf} from './broker/accounts.js'
import type {BrokerDeps} from './broker/broker-deps.js'
import type {ApiAnswer, ApiInput} from './broker/call-api.js'
import {findActingAccount} from './broker/find-acting-account.js'
import {findSubjectAccount} from './broker/find-subject-account.js'
import {getFreshAccount} from './broker/get-fresh-account.js'
import type {UserTokens} from './broker/keep-user-tokens.js'
import {leaveAccount} from './broker/leave-account.js'
import type {LinkInput} from './broker/link-credential.js'
import {loadProviders} from './broker/load-provider.js'
import type {LoginOffer} from './broker/offer-login.js'
import type {RefreshWatch} from './broker/refresh-account.js'
import {renewTokens} from './broker/renew-tokens.js'
import type {StartedFlow, StartFlowInput} from './broker/start-flow.js'
import type {SubmittedCode} from './broker/submit-flow-code.js'
import {openDeps} from './compose-deps.js'
import {readLibrarySettings, type LibraryFlags} from './config/library-settings.js'
import {createSystemClock} from './config/system-clock.js'
import type {FlowPageDeps, FlowPageOptions, FlowPages} from './daemon/flows/flow-pages.js'
import type {NamedAccount} from './model/account-name.js'
import type {AccountStatus} from './model/account-status.js'
import type {Account, AccountKey, OAuth2Account} from './model/account.js'
import type {FlowView} from './model/flow-view.js'
import {awaitsCallback, type Flow, type FlowOutcome} from './model/flow.js'
import type {TokenGrant} from './model/refresh.js'
import type {Secret} from './model/secret.js'
import type {Clock, EpochMs} from './model/time.js'
import {watchFlows} from './store/watch-flows.js'

export type {ApiAnswer}

/** What the library calls: the broker, over a store of its own. */
export interface LibraryBroker {
  readonly storeLocation: string
  now(): EpochMs
  /** @throws BehalfError `ambiguous-account`. */
  findAccount(name: {subject: string; provider?: string | undefined}): Promise<NamedAccount | undefined>
  readAccount(key: AccountKey): Promise<Account | undefined>
  showAccount(key: AccountKey): Promise<AccountStatus>
  getFreshAccount(key: AccountKey): Promise<OAuth2Account | undefined>
  renewTokens(key: AccountKey, options: {force: boolean}): Promise<boolean>
  renewForeignToken(input: {provider: string; refreshToken: Secret}): Promise<TokenGrant | undefined>
  keepUserTokens(input: UserTokens): Promise<void>
  linkCredential(input: LinkInput): Promise<AccountStatus>
  leaveAccount(account: NamedAccount, options: {keepGrant: boolean}): Promise<void>
  startFlow(input: StartFlowInput): Promise<StartedFlow>
  /** Begins a flow for the person of an account that needs a login; undefined where there is none to begin. */
  offerLogin(account: NamedAccount): Promise<string | undefined>
  /** Asks about the flows by device that are due; whether any still waits. */
  pollDevices(): Promise<boolean>
  submitFlowCode(input: SubmittedCode): Promise<AccountStatus>
  /** Undefined for what is no page of a flow. */
  answerPage(request: Request): Promise<Response | undefined>
  /** @throws BehalfError `account-not-found`, `ambiguous-account`, `invalid-input`. */
  nameAccount(name: string): Promise<NamedAccount>
  callApi(input: ApiInput): Promise<ApiAnswer>
  isCollectionDue(): Promise<boolean>
  hasFlows(): Promise<boolean>
  collectFlows(options: {force: boolean}): Promise<FlowView[]>
  close(): Promise<void>
}

/** Who is told of what happens in this process, whichever call it came of. */
export interface LibraryWatch extends RefreshWatch {
  onFlowEnd(flow: Flow, outcome: FlowOutcome): void
  /** A page could not be what it should. */
  onTrouble(error: unknown): void
}

export interface LibraryOptions extends LibraryFlags {
  /** What the pages call the program. */
  appName?: string | undefined
  clock?: Pick<Clock, 'now'> | undefined
}

type Deps = BrokerDeps & RefreshWatch

/**
 * Puts the parts together for a program.
 * @throws BehalfError `configuration`.
 */
export async function openLibrary(options: LibraryOptions, watch: LibraryWatch): Promise<LibraryBroker> {
  const {clock, appName, ...flags} = options
  const deps = await openDeps(readLibrarySettings(flags), withNow(createSystemClock(), clock))
  const flows = watchFlows(deps.store.flows, (flow, outcome) => watch.onFlowEnd(flow, outcome))
  const watched = {...deps, ...watch, store: {...deps.store, flows}}
  return bindLibrary(watched, createPageLoader(watched, appName))
}

/** The pages below the folder of the redirect URI, made when they are first needed. */
function createPageLoader(deps: FlowPageDeps, appName: string | undefined): () => Promise<FlowPages> {
  const callbackPath = new URL(deps.providers.callbackUrl).pathname
  const options: FlowPageOptions = {
    mount: callbackPath.slice(0, callbackPath.lastIndexOf('/')),
    callbackPath,
    ...(appName !== undefined && {appName}),
  }
  let loading: Promise<FlowPages> | undefined
  const load = async (): Promise<FlowPages> =>
    (await import('./daemon/flows/flow-pages.js')).createFlowPages(deps, options)
  return () => (loading ??= load())
}

function bindLibrary(deps: Deps, loadPages: () => Promise<FlowPages>): LibraryBroker {
  const {store} = deps
  let offering: Promise<LoginOffer> | undefined
  return {
    storeLocation: store.location,
    now: () => deps.clock.now(),
    findAccount: (name) => findSubjectAccount(deps, name),
    readAccount: (key) => store.accounts.get(key),
    showAccount: (key) => showAccountOf(deps, key),
    getFreshAccount: (key) => getFreshAccount(deps, key),
    renewTokens: (key, how) => renewTokens(deps, key, how),
    async renewForeignToken(input) {
      const {renewForeignToken} = await import('./broker/renew-foreign-token.js')
      return renewForeignToken(deps, input)
    },
    async keepUserTokens(input) {
      const {keepUserTokens} = await import('./broker/keep-user-tokens.js')
      return keepUserTokens(deps, input)
    },
    async linkCredential(input) {
      const {linkCredential} = await import('./broker/link-credential.js')
      return (await linkCredential(deps, input)).account
    },
    async leaveAccount({key, provider: name}, how) {
      const provider = (await loadProviders(deps)).find((one) => one.name === name)
      await leaveAccount(deps, provider, key, how)
    },
    async startFlow(input) {
      const {startFlow} = await import('./broker/start-flow.js')
      return startFlow({...deps, flowPlace: await loadPages()}, input)
    },
    async offerLogin(account) {
      offering ??= import('./broker/offer-login.js').then(({createLoginOffer}) => createLoginOffer(deps))
      return (await offering)(account)
    },
    async pollDevices() {
      const {pollDeviceFlows} = await import('./broker/device-flow.js')
      await pollDeviceFlows(deps)
      const now = deps.clock.now()
      return (await store.flows.list()).some((flow) => flow.device && awaitsCallback(flow) && now < flow.expiresAt)
    },
    async submitFlowCode(input) {
      const {submitFlowCode} = await import('./broker/submit-flow-code.js')
      return (await submitFlowCode(deps, input)).account
    },
    nameAccount: (as) => findActingAccount(deps, {as}),
    callApi: async (input) => (await import('./broker/call-api.js')).callApi(deps, input),
    async answerPage(request) {
      // What came over a proxy, or through an adapter, does not know under which address the browser sees it.
      const {pathname, search} = new URL(request.url)
      // Part by part: what begins with `//` would name a host.
      const url = new URL(deps.providers.callbackUrl)
      url.pathname = pathname
      url.search = search
      return (await loadPages()).handle(new Request(url, request))
    },
    isCollectionDue: async () => (await import('./broker/collect-flows.js')).isCollectionDue(deps),
    hasFlows: async () => (await store.flows.list()).length > 0,
    collectFlows: async (how) => (await import('./broker/collect-flows.js')).collectFlows(deps, how),
    close: () => store.close(),
  }
}

/** The machine's clocks, with another idea of what time it is. */
const withNow = (clock: Clock, given: Pick<Clock, 'now'> | undefined): Clock =>
  given === undefined
    ? clock
    : {...clock, now: () => given.now(), moment: () => ({...clock.moment(), wallMs: given.now()})}
