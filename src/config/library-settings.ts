import {BehalfError} from '../model/behalf-error.js'
import {Secret} from '../model/secret.js'
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
  const {store, secret, callbackUrl} = flags
  refuseRedis(flags)
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

function refuseRedis({redisHost, redisUrl}: LibraryFlags): void {
  const option = redisHost !== undefined ? 'redisHost' : redisUrl !== undefined ? 'redisUrl' : undefined
  if (option === undefined) return
  throw new BehalfError(
    'configuration',
    `The option ${option} names a Redis server; this version keeps its store in a JSON file.`,
    {hint: 'Leave it out, and name a file with the option store.'},
  )
}
