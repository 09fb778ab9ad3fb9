import type {LibraryBroker} from '../compose-library.js'
import type {NamedAccount} from '../model/account-name.js'
import {BehalfError} from '../model/behalf-error.js'
import type {DevicePolls} from './device-polls.js'
import type {Voice} from './voice.js'

/** Finds people whose account needs a login something to open, and tells each of them once. */
export class LoginOffers {
  readonly #broker: () => Pick<LibraryBroker, 'offerLogin' | 'readAccount'>
  readonly #voice: Voice
  readonly #polls: DevicePolls
  /** Authorizations that are over, and whose people know. */
  readonly #told = new Set<string>()

  /** @param broker Asked for when there is something to offer: it is told who watches before it is there. */
  constructor(broker: () => Pick<LibraryBroker, 'offerLogin' | 'readAccount'>, voice: Voice, polls: DevicePolls) {
    this.#broker = broker
    this.#voice = voice
    this.#polls = polls
  }

  /** Does something as an account; where that needs a login, the error gets an address to open. */
  async around<T>(account: NamedAccount, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof BehalfError) || error.code !== 'login-needed') throw error
      const authorizationUrl = await this.offer(account)
      if (authorizationUrl === undefined) throw error
      throw new BehalfError(error.code, error.message, {
        cause: error,
        hint: `To be opened by ${String(account.subject)}: ${authorizationUrl}`,
        authorizationUrl,
        ...(error.status !== undefined && {status: error.status}),
      })
    }
  }

  /**
   * Somebody has found out that the account needs a login. Never rejects.
   * @returns what its person is to open; undefined for an account of no subject, and where no flow can be begun.
   */
  async offer(account: NamedAccount): Promise<string | undefined> {
    const {key, provider, subject} = account
    try {
      const authorizationUrl = await this.#broker().offerLogin(account)
      if (authorizationUrl === undefined || subject === undefined) return undefined
      this.#polls.begin()
      const over = JSON.stringify([key, (await this.#broker().readAccount(key))?.grantId])
      if (!this.#told.has(over))
        this.#voice.tell(subject, `You need to log in at ${provider} again: ${authorizationUrl}`)
      this.#told.add(over)
      return authorizationUrl
    } catch (error) {
      this.#voice.warn(`No login could be offered to ${String(subject)}: ${String(error)}`)
      return undefined
    }
  }
}
