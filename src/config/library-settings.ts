import {BehalfError} from '../model/behalf-error.js'
import {Secret} from '../model/secret.js'
import type {GivenText} from './redis-settings.js'
import {checkCallbackUrl, readSettings, type Settings} from './settings.js'

/** What a program says of its settings; the rest comes from the environment. */
export interface LibraryFlags {
  store?: string | undefined
  secret?: string | undefined
  callbackUrl?: string | undefined
  redisHost?: string | undefined
  redisUrl?: string | undefined
}

type Environment = Readonly<Record<string, string | undefined>>

/** @throws BehalfError `configuration`, naming the option or variable. */
export function readLibrarySettings(flags: LibraryFlags, environment: Environment = process.env): Settings {
  const {secret, callbackUrl} = flags
  const store = giveStore(flags)
  if (callbackUrl !== undefined) checkCallbackUrl(callbackUrl, 'callbackUrl')
  if (secret?.trim() === '') {
    throw new BehalfError('configuration', 'The option secret is empty.', {
      hint: 'Leave it out to use BEHALF_SECRET, BEHALF_SECRET_FILE or the key file.',
    })
  }
  // What the program says of the secret wins over both variables.
  const rest = secret === undefined ? environment : {...environment, BEHALF_SECRET: '', BEHALF_SECRET_FILE: ''}
  return {
    ...readSettings(store === undefined ? {} : {store}, rest),
    ...(secret !== undefined && {sealingSecret: {kind: 'inline', value: new Secret(secret)}}),
    ...(callbackUrl !== undefined && {callbackUrl}),
  }
}

/** What is said of the store. `redisHost` comes before `redisUrl`, and both before `REDIS_HOST` and its like. */
function giveStore({store, redisHost, redisUrl}: LibraryFlags): GivenText | undefined {
  const given = redisHost !== undefined ? {text: redisHost, source: 'redisHost'} : undefined
  const address = given ?? (redisUrl === undefined ? undefined : {text: redisUrl, source: 'redisUrl'})
  if (address === undefined) return store === undefined ? undefined : {text: store, source: 'The option store'}
  const source = `The option ${address.source}`
  if (store === undefined || store === 'redis') return {text: address.text, source, isAddress: true}
  throw new BehalfError('configuration', `${source} names another store than the option store.`, {
    hint: 'Leave one of them out.',
  })
}
