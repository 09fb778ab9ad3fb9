import {recheckChat, type ChatCaller} from '../../broker/authorize-chat.js'
import type {BrokerDeps} from '../../broker/broker-deps.js'
import {BehalfError} from '../../model/behalf-error.js'

type Deps = Pick<BrokerDeps, 'store' | 'clock' | 'providers'>

/** Who is connected, and how that ends. */
export interface WatchedChat {
  caller: ChatCaller
  end(error: BehalfError): void
}

/**
 * Asks now and then whether each connection would still be let in (design 8: within 10 s). All of one API token and
 * account are one question, and where the store can tell that nothing has changed nothing is asked, so that a thousand
 * idle ones cost next to nothing.
 */
export class ChatWatch {
  readonly #deps: Deps
  readonly #everyMs: number
  readonly #groups = new Map<string, Set<WatchedChat>>()
  #timer: NodeJS.Timeout | undefined
  #revision: object | undefined
  /** How many have come. */
  #added = 0
  #isChecking = false

  constructor(deps: Deps, everyMs: number) {
    this.#deps = deps
    this.#everyMs = everyMs
  }

  add(chat: WatchedChat): void {
    this.#timer ??= setInterval(() => void this.#checkAll(), this.#everyMs).unref()
    const name = nameOf(chat)
    const group = this.#groups.get(name) ?? new Set()
    this.#groups.set(name, group.add(chat))
    // It was let in by what stood in the store a while ago.
    this.#revision = undefined
    this.#added += 1
  }

  delete(chat: WatchedChat): void {
    const group = this.#groups.get(nameOf(chat))
    group?.delete(chat)
    if (group?.size === 0) this.#groups.delete(nameOf(chat))
  }

  close(): void {
    clearInterval(this.#timer)
  }

  async #checkAll(): Promise<void> {
    if (this.#isChecking || this.#groups.size === 0) return
    this.#isChecking = true
    const {revision, isSame} = this.#look()
    const added = this.#added
    const now = this.#deps.clock.now()
    const asked = [...this.#groups.values()].filter(
      ([chat]) => !isSame || (chat?.caller.apiToken.expiresAt ?? Infinity) <= now,
    )
    const answers = await Promise.all(asked.map((group) => this.#check(group)))
    // Who came while the others were asked about has not been asked about.
    this.#revision = answers.every(Boolean) && added === this.#added ? revision : undefined
    this.#isChecking = false
  }

  /** @returns what is known of the store before anything else is read of it. */
  #look(): {revision: object | undefined; isSame: boolean} {
    try {
      const revision = this.#deps.store.revision()
      return {revision, isSame: revision !== undefined && revision === this.#revision}
    } catch {
      return {revision: undefined, isSame: false}
    }
  }

  async #check(group: ReadonlySet<WatchedChat>): Promise<boolean> {
    const [first] = group
    if (!first) return true
    try {
      await recheckChat(this.#deps, first.caller)
      return true
    } catch (error) {
      const reason =
        error instanceof BehalfError ? error : new BehalfError('internal', 'It could not be asked.', {cause: error})
      for (const chat of [...group]) chat.end(reason)
      return false
    }
  }
}

/** A token that was given a new secret is another one. */
const nameOf = ({caller: {apiToken, account}}: WatchedChat): string => `${apiToken.id} ${apiToken.salt} ${account.key}`
