import {providerOfKey, type AccountKey} from '../../model/account.js'
import {BehalfError} from '../../model/behalf-error.js'
import {accountScripts} from './account-scripts.js'
import type {RedisConnection} from './connection.js'
import {slotOf, type RedisKeys} from './keys.js'
import type {RedisScript} from './script.js'
import type {SeenWrites} from './seen-writes.js'
import {goesOn, markField, parseMark, type WriteMark} from './write-mark.js'

export interface AccountStepsParts {
  connection: RedisConnection
  keys: RedisKeys
  seen: SeenWrites
  /** Notes that something was written, and when. */
  noteWritten(): Promise<void>
}

/** What a script answers: one word, and what belongs to it. */
export type StepReply = readonly [word: string, ...rest: unknown[]]

type StepName = keyof typeof accountScripts

/** The steps in which accounts change, each with the keys that it touches. */
export class AccountSteps {
  readonly #parts: AccountStepsParts

  constructor(parts: AccountStepsParts) {
    this.#parts = parts
  }

  /** @throws BehalfError `store-moved`, and what connections throw. */
  async run(
    step: StepName,
    key: AccountKey,
    args: readonly (string | number)[],
    provider?: string,
  ): Promise<StepReply> {
    const script: RedisScript = accountScripts[step]
    return this.#checkMoved(await this.#parts.connection.run(script, this.#keysOf(key, provider), args))
  }

  /**
   * A step that changes records.
   * @param bringsTokens A replica shall have it too before anybody relies on it, where there is one.
   * @returns the step's word; `isLate` where no replica has said in time that it has it.
   */
  async write(
    step: 'save' | 'commit' | 'remove',
    key: AccountKey,
    args: readonly string[],
    {provider, bringsTokens = true}: {provider?: string | undefined; bringsTokens?: boolean} = {},
  ): Promise<{word: string; isLate: boolean}> {
    const {connection} = this.#parts
    const script: RedisScript = accountScripts[step]
    const keys = this.#keysOf(key, provider)
    const run = async () =>
      bringsTokens
        ? connection.runReplicated(script, keys, args)
        : {reply: await connection.run(script, keys, args), isReplicated: undefined}
    // When it was is kept elsewhere, maybe on another node: what has been written must not fail for that.
    const [{reply, isReplicated}, known] = await Promise.all([
      run(),
      this.#compare(slotOf(key)).catch(() => undefined),
      this.#parts.noteWritten().catch(() => undefined),
    ])
    const [word, mark] = this.#checkMoved(reply)
    // Where it does not go on from what was seen, what was seen has to stay, for the next lock to notice.
    if (mark !== undefined && known?.goesOn === true) this.#parts.seen.note(slotOf(key), parseMark(mark))
    return {word, isLate: isReplicated === false}
  }

  /**
   * Whether the store is an old copy, as far as this slot tells (rule 12); notes how far it is if not.
   * @param mark what the slot said last.
   * @returns what had been seen, if so.
   */
  async findForgotten(slot: number, mark: WriteMark): Promise<WriteMark | undefined> {
    const {seen} = this.#parts
    const known = seen.of(slot)
    if (known.count === mark.count && known.id === mark.id) return undefined
    // Asked anew: another process may have written, and noted it, since the mark was read.
    const compared = await this.#compare(slot)
    if (!compared.goesOn) return compared.seen
    seen.note(slot, mark)
    return undefined
  }

  async #compare(slot: number): Promise<{seen: WriteMark; goesOn: boolean}> {
    const {connection, keys} = this.#parts
    const seen = this.#parts.seen.of(slot)
    const name = keys.ofSlot(slot, 'slot')
    const reply = await connection.send(name, ['HMGET', name, 'writes', markField(seen.count)])
    const [count, then] = reply as readonly unknown[]
    return {seen, goesOn: goesOn({seen, count: Number(count ?? 0), then: parseMark(then)})}
  }

  #keysOf(key: AccountKey, provider = providerOfKey(key)): string[] {
    const {keys} = this.#parts
    const slot = slotOf(key)
    const sets = ['accounts', `due-${provider}`, `validate-${provider}`, 'stranded', 'slot']
    return [keys.account(key), ...sets.map((name) => keys.ofSlot(slot, name))]
  }

  #checkMoved(reply: unknown): StepReply {
    const answer = reply as StepReply
    if (answer[0] !== 'moved') return answer
    const {location} = this.#parts.connection
    throw new BehalfError(
      'store-moved',
      `The store ${location} was moved to ${String(answer[1])}, and is in use no more`,
    )
  }
}
