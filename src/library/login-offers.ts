import type {LibraryBroker} from '../compose-library.js'
import type {NamedAccount} from '../model/account-name.js'
import {BehalfError} from '../model/behalf-error.js'
import {FLOW_LIFE_MS} from '../model/flow.js'
import type {EpochMs} from '../model/time.js'
import type {StartedFlow} from './behalf.js'
import type {Voice} from './voice.js'

interface Offer {
  flow: Promise<StartedFlow>
  /** Then another one is begun, so that there is time left to use it. */
  until: EpochMs
}

/**
 * Begins flows for people whose account needs a login, and tells each of them once. A flow that has half its life ahead
 * is offered again, so that a bot which tries and tries leaves few.
 */
export class LoginOffers {
  readonly #broker: () => Pick<LibraryBroker, 'startFlow' | 'readAccount' | 'now'>
  readonly #voice: Voice
  /** By the authorization that is over. */
  readonly #offers = new Map<string, Offer>()

  /** @param broker Asked for when there is something to offer: it is told who watches before it is there. */
  constructor(broker: () => Pick<LibraryBroker, 'startFlow' | 'readAccount' | 'now'>, voice: Voice) {
    this.#broker = broker
    this.#voice = voice
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
      })
    }
  }

  /**
   * Somebody has found out that the account needs a login.
   * @returns what its person is to open; undefined for an account of no subject, or where no flow can be begun.
   */
  async offer({key, provider, subject}: NamedAccount): Promise<string | undefined> {
    if (subject === undefined) return undefined
    try {
      const id = JSON.stringify([key, (await this.#broker().readAccount(key))?.grantId])
      const former = this.#offers.get(id)
      const {flow} = this.#renew(id, former, {provider, subject})
      const {authorizationUrl} = await flow
      if (!former) this.#voice.tell(subject, `You need to log in at ${provider} again: ${authorizationUrl}`)
      return authorizationUrl
    } catch (error) {
      const reason = error instanceof BehalfError ? error.message : 'a fault inside'
      this.#voice.warn(`No login can be offered to ${subject}: ${reason}`)
      return undefined
    }
  }

  #renew(id: string, former: Offer | undefined, input: {provider: string; subject: string}): Offer {
    const now = this.#broker().now()
    if (former && now < former.until) return former
    const offer = {flow: this.#broker().startFlow(input), until: now + FLOW_LIFE_MS / 2}
    this.#offers.set(id, offer)
    offer.flow.catch(() => this.#offers.delete(id))
    return offer
  }
}
