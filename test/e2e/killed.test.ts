import assert from 'node:assert/strict'
import {setTimeout as wait} from 'node:timers/promises'

import type {Account} from '../../src/model/account.js'
import type {Sandbox} from '../../src/sandbox/start-sandbox.js'
import type {Store} from '../../src/store/store.js'
import {
  BYSTANDER,
  login,
  refreshWithoutSecret,
  refreshWithSecret,
  write,
  type KillStory,
} from '../support/kill-stories.js'
import type {ProgramHome} from '../support/program-home.js'
import {delayRefreshes, startWatchedSandbox} from '../support/watched-sandbox.js'

const STORIES = [refreshWithSecret, refreshWithoutSecret, login, write]
/** 100 in all, and 1,000 in `npm run test:long`. */
const KILLS = process.env.BEHALF_TEST_LONG === '1' ? 250 : 25
/** More than there are processors: part of the time they wait. */
const AT_ONCE = 4
/** The provider takes its time with a refresh, so that a good part of the kills comes between request and reply. */
const PROVIDER_MS = 250
/** How long after its end what a process has sent may still be under way. */
const UNDER_WAY_MS = 50

describe('a process killed with SIGKILL at a random moment', function () {
  this.timeout(KILLS * 20_000)

  let sandbox: Sandbox

  before(async () => {
    const logins = STORIES.flatMap((_, story) => Array.from({length: KILLS + AT_ONCE}, (_, run) => nameOf(story, run)))
    sandbox = await startWatchedSandbox({seed: {users: logins.map((name) => ({login: name}))}})
    delayRefreshes(sandbox, PROVIDER_MS, 1_000_000)
  })
  after(() => sandbox.stop())

  const nameOf = (story: number, run: number): string => `victim_${String(story)}_${String(run)}`

  STORIES.forEach((story, index) => {
    it(`of ${story.title} leaves a store that opens, with every account in it and working (${String(KILLS)} kills)`, async () => {
      const spare = Array.from({length: AT_ONCE}, (_, run) => KILLS + run)
      const durations = await Promise.all(spare.map((run) => measure(story, nameOf(index, run))))
      const normalMs = durations.reduce((sum, ms) => sum + ms) / AT_ONCE
      const runs = Array.from({length: KILLS}, (_, run) => run)
      await workTogether(AT_ONCE, runs, (run) => killOne(story, nameOf(index, run), Math.random() * normalMs))
    })
  })

  /** How long it takes when nobody kills it. */
  async function measure(story: KillStory, name: string): Promise<number> {
    const home = await story.makeHome(sandbox, name)
    const startedMs = performance.now()
    const end = await story.start(home, name).ended
    assert.equal(end.exitCode, 0, end.stderr)
    await home.remove()
    return performance.now() - startedMs
  }

  async function killOne(story: KillStory, name: string, afterMs: number): Promise<void> {
    const home = await story.makeHome(sandbox, name)
    try {
      const [before, bystander] = await withStore(home, (store) => findAccounts(store, name))
      const program = story.start(home, name)
      await wait(afterMs)
      program.child.kill('SIGKILL')
      const end = await program.ended
      await wait(UNDER_WAY_MS)
      await home.showFiles()

      await withStore(home, async (store) => {
        const [account, bystanderNow] = await findAccounts(store, name)
        assert.deepEqual(bystanderNow, bystander)
        await story.check({sandbox, store, key: before.key, account, before, end})
      })
    } catch (error) {
      throw new Error(`Killed after ${afterMs.toFixed(1)} ms: ${String(error)}`, {cause: error})
    } finally {
      await home.remove()
    }
  }
})

/** So many at once, until all is done or something fails; whoever works then finishes first. */
async function workTogether(atOnce: number, runs: number[], workOn: (run: number) => Promise<void>): Promise<void> {
  const failures: unknown[] = []
  const work = async (): Promise<void> => {
    for (let run = runs.shift(); run !== undefined && failures.length === 0; run = runs.shift()) {
      await workOn(run).catch((error: unknown) => failures.push(error))
    }
  }
  await Promise.all(Array.from({length: atOnce}, work))
  if (failures.length > 0) throw failures[0]
}

async function withStore<T>(home: ProgramHome, use: (store: Store) => Promise<T>): Promise<T> {
  const store = await home.openStore()
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}

/** The account of that name and the bystander: there are no others. */
async function findAccounts(store: Store, name: string): Promise<[Account, Account]> {
  const accounts = await store.accounts.list()
  const victim = accounts.find((account) => account.login === name)
  const bystander = accounts.find((account) => account.login === BYSTANDER)
  assert.ok(victim && bystander && accounts.length === 2, 'an account is lost')
  return [victim, bystander]
}
