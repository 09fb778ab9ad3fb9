import {BehalfError} from '../model/behalf-error.js'
import {readSettings, type Settings} from './settings.js'
import type {StorePlace} from './store-place.js'

/** The file that is the store where nothing else is said. */
const DEFAULT_NAME = 'default'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Where a store is moved from and to. Each is what BEHALF_STORE takes, or `default`. A Redis is named without its
 * password: that is the one of BEHALF_STORE or of `redis` where they name the same place.
 * @throws BehalfError `configuration`, `usage`.
 */
export function readMoveEnds(
  names: {from: string; to: string},
  environment: Environment = process.env,
): Pick<Settings, 'sealingSecret'> & {from: StorePlace; to: StorePlace} {
  const {sealingSecret} = readSettings({store: {text: 'store.json', source: 'FROM'}}, environment)
  return {sealingSecret, from: readEnd(names.from, 'FROM', environment), to: readEnd(names.to, 'TO', environment)}
}

function readEnd(text: string, source: string, environment: Environment): StorePlace {
  if (text === DEFAULT_NAME) return readSettings({}, {...environment, BEHALF_STORE: undefined}).store
  if (URL.canParse(text) && new URL(text).password !== '') {
    throw new BehalfError('usage', `${source} has a password in it, which every user of this machine could read.`, {
      hint: 'Leave it out, and set BEHALF_REDIS_PASSWORD; or set BEHALF_STORE or REDIS_URL to the whole URL as well.',
    })
  }
  const place = readSettings({store: {text, source}}, environment).store
  const known = [environment.BEHALF_STORE, 'redis'].flatMap((name) => readKnown(name, environment))
  return known.find((one) => one.kind === 'redis' && place.kind === 'redis' && one.location === place.location) ?? place
}

/** What is wrong with it is nobody’s business here. */
function readKnown(text: string | undefined, environment: Environment): StorePlace[] {
  if (!text) return []
  try {
    return [readSettings({store: {text, source: 'BEHALF_STORE'}}, environment).store]
  } catch {
    return []
  }
}
