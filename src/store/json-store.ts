import type {SealingSecretSource} from '../config/settings.js'
import {SECOND_MS, type Clock} from '../model/time.js'
import {chatBudgetRecord, rateBudgetRecord} from './budget-records.js'
import {DocumentBase} from './document-base.js'
import {createJsonAccounts} from './json-accounts.js'
import {createJsonApiTokens} from './json-api-tokens.js'
import {createJsonFlows} from './json-flows.js'
import {createJsonProviders} from './json-providers.js'
import {createJsonBudgets} from './json-budgets.js'
import {loadPointsLazily} from './lazy-points.js'
import {partSessions} from './part-sessions.js'
import {Keyring} from './store-keys.js'
import {resolveStorePath} from './store-path.js'
import type {Store} from './store.js'

export interface JsonStoreOptions {
  path: string
  secret: SealingSecretSource
  clock: Clock
  /** How long a write waits for those of other processes, in real time. */
  writeWaitMs?: number
}

const WRITE_WAIT_MS = 15 * SECOND_MS

/**
 * Opens the store in a JSON file (design 10). One that does not exist is empty, and made by the first write.
 * @throws BehalfError `configuration` when the path cannot be that of a file.
 */
export async function openJsonStore(options: JsonStoreOptions): Promise<Store> {
  const base = new DocumentBase({
    path: await resolveStorePath(options.path),
    keyring: new Keyring(options.secret),
    clock: options.clock,
    writeWaitMs: options.writeWaitMs ?? WRITE_WAIT_MS,
  })
  const accounts = createJsonAccounts(base, options.clock)
  const apiTokens = createJsonApiTokens(base)
  const points = loadPointsLazily(async () => {
    const {createJsonPoints} = await import('./json-points.js')
    return createJsonPoints({
      storePath: base.path,
      writeWaitMs: options.writeWaitMs ?? WRITE_WAIT_MS,
      enterGate: (deadlineMs) => base.enterGate(deadlineMs),
      checkStore: () => base.read(),
      async makeStore() {
        const document = await base.read()
        if (document.keys === undefined) await base.openKeys(document)
      },
    })
  })
  return {
    location: base.path,
    accounts,
    providers: createJsonProviders(base),
    flows: createJsonFlows(base),
    ...partSessions(apiTokens),
    rateBudgets: createJsonBudgets(base.path, rateBudgetRecord),
    chatBudgets: createJsonBudgets(base.path, chatBudgetRecord),
    points,
    lastWrittenAt: async () => (await base.read()).writtenAt,
    checkWritable: async () => (await import('./check-writable.js')).checkWritable(base.path),
    revision: () => base.revision(),
    fingerprint: async (value) => (await base.openKeys(await base.read())).fingerprint(value.reveal()),
    async close() {
      // What is soft is worth no failure of a command that did what it was asked.
      await Promise.allSettled([accounts.flush(), apiTokens.flush(), points.close()])
      await base.close()
    },
  }
}
