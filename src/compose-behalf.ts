import {
  listAccounts,
  nameDamagedAccounts,
  pickAccounts,
  removeAccount,
  showAccount,
  type Removal,
} from './broker/accounts.js'
import type {LoginInput, PendingLogin} from './broker/begin-login.js'
import type {ApiAnswer, ApiInput} from './broker/call-api.js'
import type {BrokerDeps, HelixPort} from './broker/broker-deps.js'
import type {ProviderInput} from './broker/build-provider.js'
import type {ChangeOptions, ProviderPreview} from './broker/change-provider.js'
import type {ImportInput, ImportResult} from './broker/import-account.js'
import type {HubotBrainEntry, HubotBrainInput} from './broker/import-hubot-brain.js'
import type {TwitchCliImport, TwitchCliInput} from './broker/import-twitch-cli.js'
import type {IssuedToken, IssueTokenInput} from './broker/issue-api-token.js'
import type {ContextView} from './broker/describe-context.js'
import type {HelixAnswer} from './broker/helix-answer.js'
import type {HelixInput} from './broker/plan-helix-call.js'
import type {BatchEntry, BatchOptions, BatchOutcome} from './broker/run-helix-batch.js'
import type {Pace} from './broker/send-paced.js'
import type {HelixStep, WalkOptions} from './broker/walk-helix-pages.js'
import {findActingAccount, type ActorInput} from './broker/find-acting-account.js'
import {getFreshToken, type FreshToken} from './broker/get-fresh-token.js'
import {loadProviders as loadProviderRecords} from './broker/load-provider.js'
import type {SetUpPlan} from './broker/plan-set-up.js'
import type {RefreshReport} from './broker/refresh-accounts.js'
import type {ProviderView} from './broker/view-provider.js'
import type {ContextReading} from './config/read-context.js'
import {readProgramEnvironment} from './config/program-environment.js'
import type {AdminLink} from './compose-admin.js'
import type {FlowActions} from './compose-flows.js'
import type {PointsActions} from './compose-points.js'
import type {UserActions} from './compose-users.js'
import {type Settings} from './config/settings.js'
import {findTwitchCliFile} from './config/twitch-cli-file.js'
import type {NamedAccount} from './model/account-name.js'
import type {AccountStatus} from './model/account-status.js'
import type {ApiTokenView} from './model/api-token.js'
import type {Role} from './model/provider.js'
import type {ClientVerdict} from './providers/provider-client.js'

/** Everything behalf does, put together. Commands call this and nothing below it. */
export interface Behalf {
  readonly storeLocation: string
  /** Who acts where a command does not say. Files that are ignored are warned of. @throws BehalfError `configuration`. */
  readContext(): Promise<ContextReading>
  /** The same, and the account that it means or what is wrong with it. */
  showContext(): Promise<ContextView>
  beginLogin(input: LoginInput): Promise<PendingLogin>
  /** Without those whose records are damaged. */
  listAccounts(filter?: {role?: Role}): Promise<AccountStatus[]>
  /** What these are called. */
  nameDamagedAccounts(): Promise<string[]>
  showAccount(name: string, filter?: {role?: Role}): Promise<AccountStatus>
  /** Without a name: the owner. */
  removeAccount(input: {account?: string; role?: Role; keepGrant: boolean}): Promise<Removal>
  /** Without names: every account. */
  refreshAccounts(input: {accounts: string[]; withinMs: number; force: boolean}): Promise<RefreshReport>
  getFreshToken(input: ActorInput & {minTtlMs: number}): Promise<FreshToken>
  importAccount(input: ImportInput): Promise<ImportResult>
  importTwitchCli(input: TwitchCliInput): Promise<TwitchCliImport>
  /** @throws BehalfError `configuration` without `HUBOT_JENKINS_CRYPTO_SECRET`, or when it is another one. */
  importHubotBrain(input: Omit<HubotBrainInput, 'cryptoSecret'>): Promise<HubotBrainEntry[]>
  /** Where twitch-cli keeps its settings. */
  findTwitchCliFile(): string
  /** For a program that is handed a token: the environment without what opens the store. */
  programEnvironment(): Record<string, string>
  issueApiToken(input: IssueTokenInput): Promise<IssuedToken>
  listApiTokens(): Promise<ApiTokenView[]>
  /** By its id, or by a name that no other one has; likewise the next two. */
  showApiToken(text: string): Promise<ApiTokenView>
  revokeApiToken(text: string): Promise<ApiTokenView>
  /** A new secret for the same token; the old one opens nothing any more. */
  rotateApiToken(text: string): Promise<IssuedToken>
  /** What a person needs to know before there is a client id. */
  planSetUp(input: ProviderInput): Promise<SetUpPlan>
  /** Asks the provider whether it takes the client as it would be set up. Nothing is stored. */
  checkClient(input: ProviderInput, options: ChangeOptions): Promise<ClientVerdict>
  addProvider(input: ProviderInput): Promise<ProviderView & {added: boolean}>
  previewProvider(input: ProviderInput, options: ChangeOptions): Promise<ProviderPreview>
  changeProvider(input: ProviderInput, options: ChangeOptions): Promise<ProviderView & {loginNeeded: number}>
  listProviders(): Promise<ProviderView[]>
  showProvider(name: string): Promise<ProviderView>
  /** Refuses while it has accounts, unless `withAccounts`; these are then forgotten without being revoked. */
  removeProvider(name: string, options: {withAccounts: boolean}): Promise<{provider: ProviderView; accounts: number}>
  /** Calls the API of any provider; the body of its answer is to be read, or destroyed. */
  callApi(input: ApiInput): Promise<ApiAnswer>
  callHelix(input: HelixInput, pace?: Pace): Promise<HelixAnswer>
  /** Reads a list page by page; a page is asked for when the one before it has been taken. */
  walkHelix(input: HelixInput, options: WalkOptions): AsyncGenerator<HelixStep>
  /** Makes many calls at once; what becomes of each comes in the order of the entries. */
  batchHelix(entries: AsyncIterable<BatchEntry>, options: BatchOptions): AsyncGenerator<BatchOutcome>
  /** What is done for chat users, who bring their own credentials. */
  openUsers(): Promise<UserActions>
  /** What is done about the logins that were begun. */
  openFlows(): Promise<FlowActions>
  /** The points of viewers. */
  openPoints(): Promise<PointsActions>
  /** What the accounts are called, ordered by key. Cheap: no secret is opened. */
  nameAccounts(): Promise<readonly NamedAccount[]>
  /** The same of the API tokens, oldest first. */
  nameApiTokens(): Promise<{id: string; name: string}[]>
  /** The names of providers, in order. No account is opened. */
  nameProviders(): Promise<string[]>
  /** A link that signs a browser in to the daemon's admin page. @throws BehalfError `unavailable` where no daemon is found. */
  makeAdminLink(): Promise<AdminLink>
  /** Whether a daemon of this store, and nobody else, takes what providers send to this address. */
  hasDaemonAt(redirectUri: string): Promise<boolean>
  /** Waits until a refresh that has begun is saved, then lets go of the store. */
  close(): Promise<void>
}

/** Binds everything to one store. What is heavy is loaded when it is first used. */
export function bindBehalf(deps: BrokerDeps, settings: Settings): Behalf {
  const loadApiTokens = async () => import('./broker/api-tokens.js')
  const findApiTokenId = async (text: string) => (await import('./broker/find-api-token.js')).findApiTokenId(deps, text)
  const loadIssuing = async () => import('./broker/issue-api-token.js')
  const loadSetUp = async () => import('./broker/plan-set-up.js')
  const loadChanges = async () => import('./broker/change-provider.js')
  const loadProviders = async () => import('./broker/configure-provider.js')
  return {
    storeLocation: deps.store.location,
    readContext: async () => (await import('./config/read-context.js')).readContext(settings),
    async showContext() {
      const [{describeContext}, {readContext}] = await Promise.all([
        import('./broker/describe-context.js'),
        import('./config/read-context.js'),
      ])
      return describeContext(deps, () => readContext(settings))
    },
    beginLogin: async (input) => (await import('./broker/begin-login.js')).beginLogin(deps, input),
    listAccounts: (filter) => listAccounts(deps, filter),
    nameDamagedAccounts: () => nameDamagedAccounts(deps),
    showAccount: (name, filter) => showAccount(deps, name, filter),
    removeAccount: (input) => removeAccount(deps, input),
    async refreshAccounts({accounts, ...how}) {
      const {refreshAccounts} = await import('./broker/refresh-accounts.js')
      return refreshAccounts(deps, {...how, accounts: await pickAccounts(deps, accounts)})
    },
    async getFreshToken({minTtlMs, ...owner}) {
      return getFreshToken(deps, (await findActingAccount(deps, owner)).key, minTtlMs)
    },
    importAccount: async (input) => (await import('./broker/import-account.js')).importAccount(deps, input),
    importTwitchCli: async (input) => (await import('./broker/import-twitch-cli.js')).importTwitchCli(deps, input),
    async importHubotBrain(input) {
      const {importBrain} = await import('./compose-hubot.js')
      return importBrain(deps, input)
    },
    findTwitchCliFile: () => findTwitchCliFile(),
    programEnvironment: () => readProgramEnvironment(),
    issueApiToken: async (input) => (await loadIssuing()).issueApiToken(deps, input),
    listApiTokens: async () => (await loadApiTokens()).listApiTokens(deps),
    showApiToken: async (text) => (await loadApiTokens()).showApiToken(deps, await findApiTokenId(text)),
    revokeApiToken: async (text) => (await loadApiTokens()).revokeApiToken(deps, await findApiTokenId(text)),
    rotateApiToken: async (text) => (await loadIssuing()).rotateApiToken(deps, await findApiTokenId(text)),
    addProvider: async (input) => (await loadProviders()).addProvider(deps, input),
    planSetUp: async (input) => (await loadSetUp()).planSetUp(deps, input),
    checkClient: async (input, options) => (await loadSetUp()).checkClient(deps, input, options),
    previewProvider: async (input, options) => (await loadChanges()).previewProvider(deps, input, options),
    changeProvider: async (input, options) => (await loadChanges()).changeProvider(deps, input, options),
    listProviders: async () => (await loadProviders()).listProviders(deps),
    showProvider: async (name) => (await loadProviders()).showProvider(deps, name),
    async removeProvider(name, {withAccounts}) {
      const {removeProvider} = await import('./broker/remove-provider.js')
      return removeProvider(deps, name, {accounts: withAccounts ? 'forget' : 'refuse'})
    },
    callApi: async (input) => (await import('./broker/call-api.js')).callApi(deps, input),
    async callHelix(input, pace) {
      const {askHelix} = await import('./broker/helix-answer.js')
      return askHelix({...deps, helix: await loadHelix(settings)}, input, pace)
    },
    async *walkHelix(input, options) {
      const {walkHelixPages} = await import('./broker/walk-helix-pages.js')
      yield* walkHelixPages({...deps, helix: await loadHelix(settings)}, input, options)
    },
    async *batchHelix(entries, options) {
      const {runHelixBatch} = await import('./broker/run-helix-batch.js')
      yield* runHelixBatch({...deps, helix: await loadHelix(settings)}, entries, options)
    },
    openUsers: async () => (await import('./compose-users.js')).bindUserActions(deps),
    openFlows: async () => (await import('./compose-flows.js')).bindFlowActions(deps),
    openPoints: async () => (await import('./compose-points.js')).bindPointsActions(deps),
    nameAccounts: () => deps.store.accounts.names(),
    nameApiTokens: () => deps.store.apiTokens.list(),
    nameProviders: async () => (await loadProviderRecords(deps)).map(({name}) => name),
    makeAdminLink: async () => (await import('./compose-admin.js')).makeAdminLink(deps),
    async hasDaemonAt(redirectUri) {
      const {findDaemonBehind} = await import('./daemon/doors/find-daemon.js')
      return (await findDaemonBehind(deps, redirectUri)) !== undefined
    },
    close: () => deps.store.close(),
  }
}

async function loadHelix({allowPrivateAddresses}: Settings): Promise<HelixPort> {
  const [{callHelix}, {helixMap}, {createAddressGuard}] = await Promise.all([
    import('./helix/helix-client.js'),
    import('./helix/helix-map.js'),
    import('./providers/create-address-guard.js'),
  ])
  const guard = createAddressGuard({allowPrivate: allowPrivateAddresses})
  return {...helixMap, send: (request, credentials) => callHelix(request, credentials, guard)}
}
