import {createHash} from 'node:crypto'
import {existsSync} from 'node:fs'
import {mkdtemp} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import type {BrokerDeps, ProviderSource} from '../../src/broker/broker-deps.js'
import type {OAuth2Account} from '../../src/model/account.js'
import {originsOf, type Provider} from '../../src/model/provider.js'
import type {Random} from '../../src/model/random.js'
import {Secret} from '../../src/model/secret.js'
import type {Clock} from '../../src/model/time.js'
import {presetSource} from '../../src/providers/preset-source.js'
import type {ProviderClient} from '../../src/providers/provider-client.js'
import {openJsonStore} from '../../src/store/json-store.js'
import type {Store} from '../../src/store/store.js'
import {createFakeClock, type FakeClock} from './fake-clock.js'
import {makeAccount, type AccountParts} from './make-account.js'
import {removeFolder} from './temporary-folder.js'

/** What the broker's functions are handed in a test: a real store, a clock that stands still, a client that is told what to do. */
export interface BrokerWorld {
  /** Where the store's file is. */
  readonly path: string
  readonly clock: FakeClock
  readonly store: Store
  readonly deps: BrokerDeps
  /** The store as another process opens it; with `deps` of its own. */
  openAgain(): Promise<BrokerDeps>
  /** Puts an account that was granted under this provider as it is. */
  addAccount(provider: Provider, parts?: AccountParts): Promise<OAuth2Account>
  dispose(): Promise<void>
}

export interface BrokerWorldOptions {
  /** Each call that is not here fails the test: it was not to be made. */
  client?: Partial<ProviderClient>
  source?: Partial<ProviderSource>
  clock?: FakeClock
  /** Default: a JSON file. */
  makePlace?: () => Promise<WorldPlace>
}

/** Where the store of a world is. */
export interface WorldPlace {
  /** The store's file, or for a store that is none its folder. */
  readonly path: string
  open(clock: Clock): Promise<Store>
  /** Once all stores are closed. */
  dispose(): Promise<void>
}

const SECRET = {kind: 'inline' as const, value: new Secret('AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA')}

/** In memory where there is such a place: what an fsync costs is not what these tests are about. */
const PARENT = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

export async function makeBrokerWorld(options: BrokerWorldOptions = {}): Promise<BrokerWorld> {
  const place = await (options.makePlace ?? makeJsonPlace)()
  const clock = options.clock ?? createFakeClock()
  const opened: Store[] = []
  const random = createCountingRandom()
  const open = async (): Promise<BrokerDeps> => {
    const store = await place.open(clock)
    opened.push(store)
    return {
      store,
      clock,
      random,
      providerClient: makeProviderClient(options.client),
      providers: makeProviderSource(options.source),
    }
  }
  const deps = await open()
  return {
    path: place.path,
    clock,
    store: deps.store,
    deps,
    openAgain: open,
    async addAccount(provider, parts) {
      const account = makeAccount({
        provider: provider.name,
        clientId: provider.clientId,
        origins: originsOf(provider),
        ...parts,
      })
      const {version} = await deps.store.accounts.put(account)
      return {...account, version}
    },
    async dispose() {
      for (const store of opened) await store.close()
      await place.dispose()
    },
  }
}

async function makeJsonPlace(): Promise<WorldPlace> {
  const folder = await mkdtemp(join(PARENT, 'behalf-test-'))
  const path = join(folder, 'store.json')
  return {
    path,
    open: (clock) => openJsonStore({path, secret: SECRET, clock}),
    dispose: () => removeFolder(folder),
  }
}

/** A provider client that can do what `parts` say, and nothing else. */
export function makeProviderClient(parts: Partial<ProviderClient> = {}): ProviderClient {
  return new Proxy(parts as ProviderClient, {
    get(target, name, receiver) {
      const known: unknown = Reflect.get(target, name, receiver)
      if (known !== undefined) return known
      return () => {
        throw new Error(`${String(name)} was not to be called`)
      }
    },
  })
}

export function makeProviderSource(parts: Partial<ProviderSource> = {}): ProviderSource {
  return {
    ...presetSource,
    overrides: [],
    callbackUrl: 'http://localhost:8420/callback',
    ...parts,
  }
}

/** Another value each time, and the same ones in each run. */
function createCountingRandom(): Random {
  let count = 0
  const next = (encoding: 'hex' | 'base64url', length: number): string => {
    count += 1
    const text = createHash('sha512').update(String(count)).digest(encoding)
    return text.repeat(1 + Math.floor(length / text.length)).slice(0, length)
  }
  return {
    token: (bytes) => next('base64url', Math.ceil((bytes * 4) / 3)),
    alphanumeric: (length) => next('hex', length),
    fraction: () => 0,
  }
}
