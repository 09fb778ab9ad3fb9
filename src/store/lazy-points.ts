import type {PointsStore} from './store.js'

/** A ledger whose code is loaded when it is first used: most commands never ask for points. */
export function loadPointsLazily(load: () => Promise<PointsStore>): PointsStore {
  let loading: Promise<PointsStore> | undefined
  const points = (): Promise<PointsStore> => (loading ??= load())
  return {
    change: async (request) => (await points()).change(request),
    balance: async (user) => (await points()).balance(user),
    top: async (limit) => (await points()).top(limit),
    history: async (query) => (await points()).history(query),
    async *all() {
      yield* (await points()).all()
    },
    take: async (records) => (await points()).take(records),
    close: async () => (await loading)?.close(),
  }
}
