import {join} from 'node:path'

import {createSystemClock} from '../../src/config/system-clock.js'
import type {Behalf, BehalfOptions, UserContext} from '../../src/library/index.js'
import type {Provider} from '../../src/model/provider.js'
import {Secret} from '../../src/model/secret.js'
import {HOUR_MS} from '../../src/model/time.js'
import type {CallRecord} from '../../src/sandbox/call-log.js'
import {startSandbox, type Sandbox} from '../../src/sandbox/start-sandbox.js'
import {openJsonStore} from '../../src/store/json-store.js'
import type {Store} from '../../src/store/store.js'
import {createFakeClock, type FakeClock} from './fake-clock.js'
import {grantElsewhere} from './grant-elsewhere.js'
import {makeTwitch} from './make-twitch.js'
import {makeTemporaryFolder, removeFolder} from './temporary-folder.js'

/** A program that has opened behalf, with the sandbox as its provider `twitch`; both see the same clock. */
export interface LibraryScene {
  readonly sandbox: Sandbox
  readonly clock: FakeClock
  readonly behalf: Behalf
  readonly storePath: string
  /** What the logger got, with the level in front. */
  readonly lines: string[]
  /** What people were told. */
  readonly notices: {subject: string; text: string}[]
  /** Opens the same store once more. */
  open(options?: BehalfOptions): Promise<Behalf>
  /** The store itself, as another process sees it. */
  withStore<T>(work: (store: Store) => Promise<T>): Promise<T>
  addProvider(provider: Provider): Promise<void>
  /** Tokens of a sandbox user that this program's application got elsewhere. */
  makeContext(subject: string, login: string, lifeMs?: number): Promise<UserContext>
  /** Requests with a refresh token. */
  refreshes(): CallRecord[]
  dispose(): Promise<void>
}

/** What seals the scene's store. */
const LIBRARY_SECRET = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'

export async function makeLibraryScene(options: BehalfOptions = {}): Promise<LibraryScene> {
  // As programs load it: what it loads later is then of the same modules.
  const {openBehalf} = await import('../../src/library/index.js')
  const folder = await makeTemporaryFolder()
  const storePath = join(folder, 'store.json')
  const clock = createFakeClock()
  const sandbox = await startSandbox({clock})
  const lines: string[] = []
  const notices: LibraryScene['notices'] = []
  const log = (level: string) => (line: string) => void lines.push(`${level} ${line}`)
  const opened: Behalf[] = []
  const open = async (more: BehalfOptions = {}): Promise<Behalf> => {
    const behalf = await openBehalf({
      store: storePath,
      secret: LIBRARY_SECRET,
      clock,
      logger: {info: log('info'), warn: log('warn'), error: log('error')},
      notify: (subject, text) => void notices.push({subject, text}),
      ...options,
      ...more,
    })
    opened.push(behalf)
    return behalf
  }
  const withStore: LibraryScene['withStore'] = async (work) => {
    const secret = {kind: 'inline' as const, value: new Secret(LIBRARY_SECRET)}
    const store = await openJsonStore({
      path: storePath,
      secret,
      clock: {...createSystemClock(), now: () => clock.now()},
    })
    try {
      return await work(store)
    } finally {
      await store.close()
    }
  }
  const addProvider: LibraryScene['addProvider'] = async (provider) => {
    await withStore((store) => store.providers.put(provider))
  }
  await addProvider(makeTwitch(sandbox.url, sandbox.confidentialClient))
  return {
    sandbox,
    clock,
    behalf: await open(),
    storePath,
    lines,
    notices,
    open,
    withStore,
    addProvider,
    async makeContext(subject, login, lifeMs = 4 * HOUR_MS) {
      const tokens = await grantElsewhere(sandbox, sandbox.confidentialClient, login)
      const expiresAt = clock.now() + lifeMs
      const issued = sandbox.state.accessTokens.get(tokens.accessToken)
      if (issued) issued.expiresAt = expiresAt
      const userId = sandbox.state.findUserByLogin(login)?.id ?? ''
      return {
        subject,
        userId,
        tokens: {...tokens, expiresAt, scopes: ['user:bot', 'user:read:chat'], tokenType: 'bearer'},
      }
    },
    refreshes: () =>
      sandbox.state.calls
        .list()
        .filter(({path, grantType}) => path === '/oauth2/token' && grantType === 'refresh_token'),
    async dispose() {
      for (const behalf of opened) await behalf.close()
      await sandbox.stop()
      await removeFolder(folder)
    },
  }
}
