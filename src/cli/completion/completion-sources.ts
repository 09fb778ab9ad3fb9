import type {Behalf, Vocabulary} from '../../compose.js'
import type {NamedAccount} from '../../model/account-name.js'
import {PLAIN_TOKEN_SCOPES} from '../../model/api-token-scope.js'
import type {Role} from '../../model/provider.js'

/** A word that could stand next. One that ends in `=` goes on without a space. */
export interface Candidate {
  value: string
  description?: string
}

/** Where the words come from that are not in the manifest. */
export interface CompletionSources {
  accounts(): Promise<Candidate[]>
  bots(): Promise<Candidate[]>
  subjects(): Promise<Candidate[]>
  pointsUsers(): Promise<Candidate[]>
  providers(): Promise<Candidate[]>
  presets(): Promise<Candidate[]>
  apiTokens(): Promise<Candidate[]>
  providerScopes(): Promise<Candidate[]>
  tokenScopes(): Promise<Candidate[]>
  helixPaths(method: string): Promise<Candidate[]>
  /** Each ends in `=`. */
  helixQueryNames(method: string, path: string): Promise<Candidate[]>
}

/** More than anyone looks through. */
const MAX_POINTS_USERS = 100

interface Parts {
  openBehalf: () => Promise<Behalf>
  loadVocabulary: () => Promise<Vocabulary>
}

export function createCompletionSources({openBehalf, loadVocabulary}: Parts): CompletionSources {
  const listAccounts = async (role?: Role) =>
    (await (await openBehalf()).nameAccounts()).filter((account) => role === undefined || account.role === role)
  const listEndpoints = async (method: string) =>
    (await loadVocabulary()).endpoints.filter((endpoint) => endpoint.method === method.toUpperCase())
  return {
    accounts: async () => nameAccounts(await listAccounts()),
    bots: async () => nameAccounts(await listAccounts('bot')),
    async subjects() {
      const users = await listAccounts('user')
      return users.map(({subject = '', login, provider}) => ({value: subject, description: `${login}, ${provider}`}))
    },
    async pointsUsers() {
      const users = await (await (await openBehalf()).openPoints()).topPoints({limit: MAX_POINTS_USERS})
      return users.map(({user, points}) => ({value: user, description: `${String(points)} points`}))
    },
    providers: async () => (await (await openBehalf()).nameProviders()).map((value) => ({value})),
    presets: async () => (await loadVocabulary()).presets.map(({name, title}) => ({value: name, description: title})),
    apiTokens: async () => {
      const tokens = await (await openBehalf()).nameApiTokens()
      return tokens.map(({id, name}) => ({value: id, description: name}))
    },
    providerScopes: async () => (await loadVocabulary()).twitchScopes.map((value) => ({value})),
    tokenScopes: () => Promise.resolve(PLAIN_TOKEN_SCOPES.map((value) => ({value}))),
    helixPaths: async (method) =>
      (await listEndpoints(method)).map(({path, summary}) => ({value: path.slice(1), description: summary})),
    async helixQueryNames(method, path) {
      const named = `/${path.replace(/^\//, '').replace(/^helix\//, '')}`.replace(/\?.*/s, '')
      const endpoint = (await listEndpoints(method)).find((one) => one.path === named)
      return (endpoint?.queryNames ?? []).map((name) => ({value: `${name}=`}))
    },
  }
}

/** By login; with the provider in front where two have the same one. Chat users by their subject. */
function nameAccounts(accounts: readonly NamedAccount[]): Candidate[] {
  const logins = accounts.map(({login}) => login)
  const isUnique = (login: string) => logins.indexOf(login) === logins.lastIndexOf(login)
  return accounts.map(({login, provider, role, subject}) => ({
    value: subject !== undefined ? `subject:${subject}` : isUnique(login) ? login : `${provider}/${login}`,
    description: `${role}, ${provider}`,
  }))
}
