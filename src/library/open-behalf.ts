import type {LibraryBroker} from '../compose-library.js'
import type {NamedAccount} from '../model/account-name.js'
import {isOAuth2Account, type Account} from '../model/account.js'
import {BehalfError} from '../model/behalf-error.js'
import {Secret} from '../model/secret.js'
import type {BehalfOptions} from './behalf-options.js'
import type {Behalf, SubjectName} from './behalf.js'
import {answerPage} from './answer-page.js'
import {callAs} from './call-as.js'
import {checkInput} from './check-input.js'
import {createWatch} from './create-watch.js'
import {DevicePolls} from './device-polls.js'
import {describeFlow, tellConnected} from './flow-texts.js'
import {LoginOffers} from './login-offers.js'
import {readCredential, readGrant, readTokens} from './read-tokens.js'
import type {UserContext} from './user-context.js'
import {createVoice, type Voice} from './voice.js'

/**
 * Opens behalf in this program. Nothing of it outlives `close`; a program may open several, of one store or many, and
 * share a store with commands and daemons. Importing the module does nothing.
 * @throws BehalfError `configuration`, `invalid-input`.
 */
export async function openBehalf(options: BehalfOptions = {}): Promise<Behalf> {
  const {notify: _notify, logger: _logger, ...settings} = checkInput('openBehalf', options)
  const voice = createVoice(options)
  const {openLibrary} = await import('../compose-library.js')
  const polls = new DevicePolls(() => broker.pollDevices(), voice)
  const offers = new LoginOffers(() => broker, voice, polls)
  const broker: LibraryBroker = await openLibrary(
    settings,
    createWatch(() => broker, voice, offers),
  )
  return bindMethods({broker, voice, offers, polls})
}

interface Parts {
  broker: LibraryBroker
  voice: Voice
  offers: LoginOffers
  polls: DevicePolls
}

function bindMethods({broker, voice, offers, polls}: Parts): Behalf {
  return {
    storeLocation: broker.storeLocation,

    async startFlow(input) {
      const {expect, pin = false, ...rest} = checkInput('startFlow', input)
      const started = await broker.startFlow({...rest, pin, ...(expect !== undefined && {expect})})
      polls.begin()
      return started
    },
    async processRedirect(input) {
      const account = await broker.submitFlowCode(checkInput('processRedirect', input))
      return tellConnected(account)
    },
    handleRedirect: (request) => answerPage(broker, voice, request),

    async getUserContext(input) {
      const account = await broker.findAccount(checkInput('getUserContext', input))
      return account && present(account, await broker.readAccount(account.key))
    },
    async getUserContextAndRefresh(input) {
      const account = await broker.findAccount(checkInput('getUserContextAndRefresh', input))
      return account && present(account, await offers.around(account, () => broker.getFreshAccount(account.key)))
    },
    async setUserContext(input) {
      const {userContext, revoke = false, ...name} = checkInput('setUserContext', input)
      if (userContext)
        return broker.keepUserTokens({...name, ...userContext, grant: readGrant(userContext.tokens, broker.now())})
      const account = await broker.findAccount(name)
      if (account) await broker.leaveAccount(account, {keepGrant: !revoke})
    },
    async tokenRefresh(input) {
      const {force = false, ...name} = checkInput('tokenRefresh', input)
      const account = await requireAccount(broker, name)
      return offers.around(account, () => broker.renewTokens(account.key, {force}))
    },
    async refreshToken(input) {
      const {provider, refreshToken} = checkInput('refreshToken', input)
      const grant = await broker.renewForeignToken({provider, refreshToken: new Secret(refreshToken)})
      return grant && readTokens({scopes: [], ...grant})
    },

    async linkCredential(input) {
      const {credential, expect, ...rest} = checkInput('linkCredential', input)
      return broker.linkCredential({
        ...rest,
        credential: readCredential(credential, broker.now()),
        ...(expect !== undefined && {expect}),
      })
    },
    async getAccount(input) {
      const account = await broker.findAccount(checkInput('getAccount', input))
      return account && broker.showAccount(account.key)
    },
    async unlink(input) {
      const {keepGrant = false, ...name} = checkInput('unlink', input)
      const account = await broker.findAccount(name)
      if (account) await broker.leaveAccount(account, {keepGrant})
      return account !== undefined
    },

    async fetch(account, path, init) {
      checkInput('fetch', {account, path})
      return offers.around(await broker.nameAccount(account), () => callAs(broker, account, path, init))
    },

    async flowMaintenanceNeeded(input = {}) {
      const {force = false} = checkInput('flowMaintenanceNeeded', input)
      return force ? broker.hasFlows() : broker.isCollectionDue()
    },
    async flowMaintenance(input = {}) {
      const {force = false, output} = checkInput('flowMaintenance', input)
      const flows = await broker.collectFlows({force})
      for (const flow of flows) output?.(describeFlow(flow))
      return flows.length
    },

    async close() {
      await polls.stop()
      await broker.close()
    },
  }
}

/** @throws BehalfError `account-not-found` (design 7, rule 9). */
async function requireAccount(broker: LibraryBroker, name: SubjectName): Promise<NamedAccount> {
  const account = await broker.findAccount(name)
  if (account) return account
  const where = name.provider === undefined ? '' : ` at ${name.provider}`
  throw new BehalfError('account-not-found', `${name.subject} has no account${where}.`, {
    hint: 'Start a flow for this person.',
  })
}

/** @throws BehalfError `usage` for an account whose credential is no token. */
function present({subject = ''}: NamedAccount, account: Account | undefined): UserContext | undefined {
  if (account === undefined) return undefined
  if (isOAuth2Account(account)) return {subject, userId: account.userId, tokens: readTokens(account.credential)}
  const {provider, credential} = account
  throw new BehalfError(
    'usage',
    `${subject} has no tokens at ${provider}, but a credential of the kind ${credential.kind}.`,
    {
      hint: 'Call the service with fetch.',
    },
  )
}
