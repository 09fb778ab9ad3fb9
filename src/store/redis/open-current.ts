import {BehalfError} from '../../model/behalf-error.js'
import type {StoreKeys} from '../store-keys.js'
import type {RedisParts} from './redis-parts.js'

/**
 * Opens what was found. Where that fails the store may have been sealed anew between that and its keys: then both are
 * read again.
 * @throws BehalfError `store-damaged`.
 */
export async function openCurrent<R, T>(
  openKeys: RedisParts['openKeys'],
  found: R,
  readAgain: () => Promise<R>,
  open: (found: R, keys: StoreKeys) => T,
): Promise<T> {
  const keys = await openKeys()
  try {
    return open(found, keys)
  } catch (error) {
    if (!(error instanceof BehalfError && error.code === 'store-damaged')) throw error
    const keysNow = await openKeys({anew: true})
    return open(await readAgain(), keysNow)
  }
}

/** Reads a text and opens it; undefined where there is none. @throws BehalfError `store-damaged`. */
export async function openText<T>(
  openKeys: RedisParts['openKeys'],
  read: () => Promise<string | undefined>,
  open: (text: string, keys: StoreKeys) => T,
): Promise<T | undefined> {
  const text = await read()
  if (text === undefined) return undefined
  return openCurrent(openKeys, text, read, (now, keys) => (now === undefined ? undefined : open(now, keys)))
}
