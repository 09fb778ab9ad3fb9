import type {ApiToken} from '../../model/api-token.js'
import {BehalfError} from '../../model/behalf-error.js'
import type {EpochMs} from '../../model/time.js'
import {MINUTE_MS} from '../../model/time.js'
import {readApiToken, toApiTokenRecord} from '../api-token-record.js'
import {compareText} from '../compare-text.js'
import type {TokenSection} from '../part-sessions.js'
import {insist} from './insist.js'
import {parseStored} from './parse-stored.js'
import type {RedisParts} from './redis-parts.js'
import {changeText, readText} from './stored-text.js'

/** API tokens of the Redis store and what is kept beside them, with what is soft about them. */
export interface RedisApiTokens extends TokenSection {
  /** Saves what is soft. */
  flush(): Promise<void>
}

export function createRedisApiTokens({connection, keys, openKeys, noteWritten}: RedisParts): RedisApiTokens {
  /** When each was used last, as far as this process knows and the store does not. */
  const used = new Map<string, EpochMs>()
  let timer: NodeJS.Timeout | undefined
  const placeOf = (id: string) => ({key: keys.token(id)})
  const open = (text: string, id: string): ApiToken => layOver(readApiToken(parseStored(text, 'API token', id), id))

  // What was noted before a rotation is about the old secret.
  function layOver(token: ApiToken): ApiToken {
    const at = used.get(token.id)
    const isNews = at !== undefined && at >= token.issuedAt && at > (token.lastUsedAt ?? -Infinity)
    return isNews ? {...token, lastUsedAt: at} : token
  }

  const write = (token: ApiToken): string => JSON.stringify(toApiTokenRecord(token))

  async function change(id: string, apply: (current: ApiToken) => ApiToken): Promise<ApiToken | undefined> {
    let changed: ApiToken | undefined
    const isWritten = await changeText(connection, placeOf(id), (text) => {
      changed = text === undefined ? undefined : {...apply(open(text, id)), id}
      const next = changed && write(changed)
      return next === text ? undefined : next
    })
    if (isWritten) await noteWritten()
    return changed
  }

  async function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    if (used.size === 0) return
    const noted = Array.from(used)
    // One that is damaged does not keep the others from being saved; what a Redis that is away could not be told stays.
    await Promise.allSettled(
      noted.map(async ([id, at]) => {
        await change(id, (token) => token).catch((error: unknown) => {
          if (error instanceof BehalfError && error.code === 'store-unavailable') throw error
        })
        if (used.get(id) === at) used.delete(id)
      }),
    )
  }

  /** @param decide is given what is there, and gives what shall be. @returns whether that was written. */
  async function putText(id: string, decide: (current: string | undefined) => string | undefined): Promise<boolean> {
    // The store is made by its first write, whatever that is.
    await openKeys()
    await connection.send(keys.tokens, ['SADD', keys.tokens, id])
    const [isWritten] = await Promise.all([changeText(connection, placeOf(id), decide), noteWritten()])
    await flush()
    return isWritten
  }

  return {
    async get(id) {
      const text = await readText(connection, placeOf(id))
      return text === undefined ? undefined : open(text, id)
    },

    async list() {
      const ids = (await connection.send(keys.tokens, ['SMEMBERS', keys.tokens])) as string[]
      const found = await Promise.all(ids.map(async (id) => ({id, text: await readText(connection, placeOf(id))})))
      return found
        .flatMap(({id, text}) => (text === undefined ? [] : [open(text, id)]))
        .sort((a, b) => a.issuedAt - b.issuedAt || compareText(a.id, b.id))
    },

    async put(token) {
      const text = write(token)
      await putText(token.id, () => text)
    },

    async add(token) {
      const text = write(token)
      return putText(token.id, (current) => (current === undefined ? text : undefined))
    },

    async update(id, apply) {
      const changed = await change(id, apply)
      await flush()
      return changed
    },

    async remove(id) {
      used.delete(id)
      const key = keys.token(id)
      // Where the answer was lost nobody can be told for certain, and so nobody is.
      const isRemoved = await insist(
        async (isRepeated) => (await connection.send(key, ['DEL', key])) === 1 && !isRepeated,
      )
      await Promise.all([connection.send(keys.tokens, ['SREM', keys.tokens, id]), noteWritten()])
      return isRemoved
    },

    noteUsed(id, at) {
      if (at > (used.get(id) ?? -Infinity)) used.set(id, at)
      timer ??= setTimeout(() => {
        // Nobody waits for this; what could not be saved is tried again with the next.
        flush().catch(() => undefined)
      }, MINUTE_MS).unref()
      return Promise.resolve()
    },

    flush,
    mac: async (salt, secret) => (await openKeys()).mac(salt, secret.reveal()),
  }
}
