import {Secret} from '../../src/model/secret.js'
import type {Store} from '../../src/store/store.js'

/** All that a store gives, its secrets too, and what it makes of a secret. Kept for comparisons, never printed. */
export async function showStore(store: Store): Promise<unknown> {
  const points = []
  for await (const record of store.points.all()) points.push(record)
  const providers = await store.providers.names()
  const shown = {
    accounts: await store.accounts.list(),
    providers: await Promise.all(providers.map((name) => store.providers.get(name))),
    states: await Promise.all(providers.map((name) => store.providers.getState(name))),
    flows: await store.flows.list(),
    collectedAt: await store.flows.collectedAt(),
    apiTokens: await store.apiTokens.list(),
    mac: await store.apiTokens.mac('made-up-salt', new Secret('made-up-secret')),
    points,
  }
  return JSON.parse(JSON.stringify(shown, revealSecrets))
}

/** `JSON.stringify` asks a secret for its text first, and gets `[secret]`. */
function revealSecrets(this: unknown, name: string, value: unknown): unknown {
  const original = (this as Record<string, unknown>)[name]
  return original instanceof Secret ? original.reveal() : value
}
