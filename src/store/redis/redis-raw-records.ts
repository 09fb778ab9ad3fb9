import {BehalfError} from '../../model/behalf-error.js'
import {DAY_MS, type Clock} from '../../model/time.js'
import type {RawRecord} from '../raw-store.js'
import {epochMsShape} from '../record-parts.js'
import {fit, isObject} from '../shape.js'
import type {RedisConnection} from './connection.js'
import type {RedisKeys} from './keys.js'
import {changeText, type TextPlace} from './stored-text.js'

/** As flows are kept after their end. */
const KEEP_FLOW_MS = 7 * DAY_MS

/** Providers, their states, flows and API tokens of a Redis store, as records. */
export class RedisRawRecords {
  readonly #connection: RedisConnection
  readonly #keys: RedisKeys
  readonly #clock: Clock

  constructor(connection: RedisConnection, keys: RedisKeys, clock: Clock) {
    this.#connection = connection
    this.#keys = keys
    this.#clock = clock
  }

  async *list(): AsyncGenerator<RawRecord> {
    const {providers, providerStates, flows, tokens} = this.#keys
    for (const [section, key] of [
      ['providers', providers],
      ['providerStates', providerStates],
    ] as const) {
      const flat = (await this.#send(key, 'HGETALL')) as string[]
      for (let i = 0; i < flat.length; i += 2) yield {section, key: flat[i] ?? '', value: parse(flat[i + 1] ?? '')}
    }
    yield* this.#listTexts('flows', flows, (id) => this.#keys.flow(id))
    yield* this.#listTexts('apiTokens', tokens, (id) => this.#keys.token(id))
  }

  async put({section, key, value}: RawRecord): Promise<void> {
    const text = JSON.stringify(value)
    const {providers, providerStates, flows, tokens} = this.#keys
    switch (section) {
      case 'providers':
      case 'providerStates':
        await this.#send(section === 'providers' ? providers : providerStates, 'HSET', key, text)
        return
      case 'apiTokens':
        await Promise.all([this.#send(tokens, 'SADD', key), this.#send(this.#keys.token(key), 'SET', text)])
        return
      case 'flows':
        await this.#putFlow(key, value, text)
        await this.#send(flows, 'SADD', key)
        return
      case 'accounts':
      case 'refreshes':
      case 'points':
        throw new BehalfError('internal', `A record of ${section} came to the wrong place`)
    }
  }

  /** Another form of the same record, as it is now. One that is gone stays so, and what does not change is not written. */
  async rewrite(listed: RawRecord, change: (record: RawRecord) => unknown): Promise<void> {
    await changeText(this.#connection, this.#placeOf(listed), (current) => {
      if (current === undefined) return undefined
      const value = parse(current)
      const changed = change({...listed, value})
      return changed === value ? undefined : JSON.stringify(changed)
    })
  }

  #placeOf({section, key, value}: RawRecord): TextPlace {
    switch (section) {
      case 'providers':
      case 'providerStates':
        return {key: this.#keys[section], field: key}
      case 'apiTokens':
        return {key: this.#keys.token(key)}
      case 'flows':
        return {key: this.#keys.flow(key), keepMs: this.#keepMsOf(value)}
      case 'accounts':
      case 'refreshes':
      case 'points':
        throw new BehalfError('internal', `A record of ${section} came to the wrong place`)
    }
  }

  /** Of a flow. One that is damaged is kept as if it had ended just now. */
  #keepMsOf(value: unknown): number {
    const endsAt = fit(epochMsShape, isObject(value) ? value.expiresAt : undefined)
    return ('value' in endsAt ? Math.max(endsAt.value - this.#clock.now(), 0) : 0) + KEEP_FLOW_MS
  }

  async #putFlow(id: string, value: unknown, text: string): Promise<void> {
    const stateFingerprint = isObject(value) ? value.stateFingerprint : undefined
    const keep = ['PX', String(Math.ceil(this.#keepMsOf(value)))]
    if (typeof stateFingerprint === 'string') {
      await this.#send(this.#keys.flowState(stateFingerprint), 'SET', id, ...keep)
    }
    await this.#send(this.#keys.flow(id), 'SET', text, ...keep)
  }

  async *#listTexts(
    section: 'flows' | 'apiTokens',
    set: string,
    keyOf: (id: string) => string,
  ): AsyncGenerator<RawRecord> {
    for (const id of (await this.#send(set, 'SMEMBERS')) as string[]) {
      const text = await this.#send(keyOf(id), 'GET')
      if (typeof text === 'string') yield {section, key: id, value: parse(text)}
    }
  }

  #send(key: string, command: string, ...rest: string[]): Promise<unknown> {
    return this.#connection.send(key, [command, key, ...rest])
  }
}

/** What is no JSON is damaged, and stays so. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
