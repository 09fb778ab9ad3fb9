import assert from 'node:assert/strict'
import {access, readFile} from 'node:fs/promises'
import {join} from 'node:path'

import {Secret} from '../../../../src/model/secret.js'
import {HOUR_MS, SECOND_MS} from '../../../../src/model/time.js'
import {makeFailingStore} from '../../../support/failing-store.js'
import {EXAMPLE_KEY, makeScheduleScene, type ScheduleScene} from '../../../support/schedule-scene.js'
import {makeTemporaryFolder, removeFolder} from '../../../support/temporary-folder.js'
import {tokensOf} from '../../../support/tokens-of.js'
import {until} from '../../../support/until.js'

const START = 1_800_000_000_000
const OVERDUE = {credential: {issuedAt: START - HOUR_MS, expiresAt: START - 1}}
const FLAGGED = {state: {kind: 'login-needed', reason: 'rejected', since: START}} as const
/** Appends what it was told to a file, a line each. */
const TELL = `require('node:fs').appendFileSync(process.argv[1], JSON.stringify({words: process.argv.slice(2), told: process.env}) + '\\n')`

interface Told {
  words: string[]
  told: Record<string, string>
}

describe('--on-login-needed', () => {
  let folder: string
  let file: string
  let scene: ScheduleScene

  beforeEach(async () => {
    folder = await makeTemporaryFolder()
    file = join(folder, 'told')
    scene = await makeScene([process.execPath, '-e', TELL, file, 'two words', '$HOME'])
  })
  afterEach(async () => {
    await scene.dispose()
    await removeFolder(folder)
  })

  async function makeScene(onLoginNeeded: string[]): Promise<ScheduleScene> {
    return makeScheduleScene({settings: {onLoginNeeded}})
  }

  async function readTold(): Promise<Told[]> {
    const text = await readFile(file, 'utf8').catch(() => '')
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Told)
  }

  const untilTold = (count: number) =>
    until(`${String(count)} were told of`, async () => (await readTold()).length === count)
  const untilLogged = (event: string) => until(event, () => scene.events.includes(event))

  it('runs for an account that the schedule found to need a login, with the facts in its environment', async () => {
    await scene.add('1', {...OVERDUE, login: 'techydrroid'})
    scene.crowd.ended.add('1')
    await scene.start()
    await scene.pass(3 * SECOND_MS)
    await untilTold(1)
    const [{words, told} = {words: [], told: {}}] = await readTold()
    const {PATH: _, ...facts} = told
    assert.deepEqual(words, ['two words', '$HOME'])
    assert.deepEqual(facts, {
      BEHALF_ACCOUNT: 'example/techydrroid',
      BEHALF_PROVIDER: 'example',
      BEHALF_LOGIN: 'techydrroid',
      BEHALF_USER_ID: '1',
      BEHALF_ROLE: 'bot',
      BEHALF_REASON: 'rejected',
      BEHALF_COMMAND: 'behalf bot add --provider example --expect techydrroid',
    })
  })

  it('runs for an account that something else has flagged, and once', async () => {
    const schedule = await scene.start()
    await scene.add('1', FLAGGED)
    await scene.pass(3 * SECOND_MS)
    await untilLogged('login-needed-told')
    await scene.pass(HOUR_MS, 20 * SECOND_MS)
    await schedule.stop()
    assert.equal((await readTold()).length, 1)
  })

  it('does not run again after a restart, or in a second daemon, for the same grant and reason', async () => {
    await scene.add('1', FLAGGED)
    const first = await scene.start()
    await untilLogged('login-needed-told')
    await first.stop()
    const again = await scene.start()
    await scene.pass(3 * SECOND_MS)
    await again.stop()
    assert.equal((await readTold()).length, 1)
    assert.equal((await scene.stored('1'))?.state.kind, 'login-needed')
  })

  it('runs in one of two daemons that start at the same time', async () => {
    for (let i = 0; i < 5; i += 1) await scene.add(String(i), FLAGGED)
    const schedules = await Promise.all([scene.start(), scene.start()])
    await untilTold(5)
    await Promise.all(schedules.map((schedule) => schedule.stop()))
    const logins = (await readTold()).map(({told}) => told.BEHALF_LOGIN)
    assert.equal(new Set(logins).size, 5)
  })

  it('runs again for a new login that ends too', async () => {
    await scene.add('1', FLAGGED)
    await scene.start()
    await untilLogged('login-needed-told')
    await scene.add('1', {...FLAGGED, grantId: 'the-next-grant'})
    await scene.pass(3 * SECOND_MS)
    await untilTold(2)
  })

  it('runs for accounts that belong to another client', async () => {
    await scene.add('1', OVERDUE)
    await scene.store.providers.put({...scene.provider, clientId: 'another-made-up-client'})
    await scene.start()
    await untilTold(1)
    assert.equal((await readTold())[0]?.told.BEHALF_REASON, 'client-changed')
  })

  it('runs once for those, too, whatever restarts and however many daemons there are', async () => {
    await scene.add('1', OVERDUE)
    await scene.store.providers.put({...scene.provider, clientId: 'another-made-up-client'})
    const first = await scene.start()
    await untilLogged('login-needed-told')
    await first.stop()
    await scene.start()
    await scene.start()
    await scene.pass(HOUR_MS, 20 * SECOND_MS)
    assert.equal((await readTold()).length, 1)
  })

  it('waits while the store cannot be reached, for another daemon may be at it', async () => {
    const failing = makeFailingStore(scene.store)
    await scene.add('1', FLAGGED)
    const {accounts} = failing.store
    const goAway = () => {
      failing.isAway = true
      return failing.store.accounts.list()
    }
    let updates = 0
    const update: typeof accounts.update = async (...args) => {
      updates += 1
      if (updates === 1) await goAway()
      return accounts.update(...args)
    }
    await scene.start({store: {...failing.store, accounts: {...accounts, update}}})
    await until('it went away', () => failing.refused > 0)
    await scene.pass(20 * SECOND_MS)
    assert.deepEqual(await readTold(), [])
    failing.isAway = false
    await scene.pass(10 * SECOND_MS)
    await untilTold(1)
    assert.equal(scene.events.filter((event) => event === 'schedule-trouble').length, 1)
    assert.equal(scene.events.filter((event) => event === 'schedule-works').length, 1)
  })

  it('is not run for what must not be handed to a program, and the schedule goes on', async () => {
    await scene.add('1', {...FLAGGED, login: 'nul\0'})
    await scene.add('2', OVERDUE)
    await scene.start()
    await untilLogged('login-needed-not-told')
    await scene.settle()
    assert.ok((await scene.stored('2'))?.lastRefresh)
  })

  for (const [what, words] of [
    ['is not there', ['/made-up/program']],
    ['fails', [process.execPath, '-e', 'process.exit(3)']],
    ['is not a program', ['/dev/null']],
  ] satisfies [string, string[]][]) {
    it(`is logged when it ${what}`, async () => {
      const failing = await makeScene(words)
      try {
        await failing.add('1', FLAGGED)
        await failing.start()
        await until('it was logged', () => failing.events.includes('login-needed-not-told'))
      } finally {
        await failing.dispose()
      }
    })
  }

  it('is killed after 30 s, with all that it has started', async () => {
    const script = `sleep 600 & echo $! > '${file}'; wait`
    const slow = await makeScene(['/bin/sh', '-c', script])
    try {
      await slow.add('1', FLAGGED)
      await slow.start()
      await until('it runs', () =>
        access(file).then(
          () => true,
          () => false,
        ),
      )
      await until('it has said who sleeps', async () => (await readFile(file, 'utf8')).endsWith('\n'))
      const pid = Number(await readFile(file, 'utf8'))
      slow.clock.advance(29 * SECOND_MS)
      assert.equal(await isRunning(pid), true)
      slow.clock.advance(2 * SECOND_MS)
      await until('it was logged', () => slow.events.includes('login-needed-not-told'))
      await until('what it started has ended', async () => !(await isRunning(pid)))
    } finally {
      await slow.dispose()
    }
  })

  it('ends with the daemon', async () => {
    const slow = await makeScene(['/bin/sh', '-c', `echo $$ > '${file}'; sleep 600`])
    await slow.add('1', FLAGGED)
    await slow.start()
    await until('it runs', async () => (await readFile(file, 'utf8').catch(() => '')).endsWith('\n'))
    const pid = Number(await readFile(file, 'utf8'))
    await slow.dispose()
    await until('it has ended', async () => !(await isRunning(pid)))
  })

  it('runs a few at once', async () => {
    const crowded = await makeScene(['/bin/sh', '-c', `echo began >> '${file}'; sleep 600`])
    try {
      for (let i = 0; i < 9; i += 1) await crowded.add(String(i), FLAGGED)
      await crowded.start()
      const count = async () => (await readFile(file, 'utf8').catch(() => '')).split('\n').length - 1
      await until('four run', async () => (await count()) === 4)
      await crowded.pass(3 * SECOND_MS)
      assert.equal(await count(), 4)
      await crowded.pass(30 * SECOND_MS)
      await until('four more run', async () => (await count()) === 8)
    } finally {
      await crowded.dispose()
    }
  })

  it('is told of in the log without a program as well, once', async () => {
    const silent = await makeScheduleScene()
    try {
      await silent.add('1', FLAGGED)
      await silent.start()
      await silent.add('2', FLAGGED)
      await silent.pass(10 * SECOND_MS)
      const told = silent.events.filter((event) => event.startsWith('login'))
      assert.deepEqual(told, ['logins-needed', 'login-needed'])
      assert.deepEqual((await silent.stored('2'))?.state, FLAGGED.state)
    } finally {
      await silent.dispose()
    }
  })

  it('does not see secrets', async () => {
    await scene.add('1', {...FLAGGED, credential: {accessToken: new Secret('made-up-secret-access-token')}})
    await scene.start()
    await untilTold(1)
    const text = await readFile(file, 'utf8')
    assert.ok(!text.includes('made-up-secret') && !text.includes('made-up-refresh'))
    assert.equal(
      tokensOf(await scene.store.accounts.get(EXAMPLE_KEY('1'))).accessToken.reveal(),
      'made-up-secret-access-token',
    )
  })
})

/** A process that has ended and was not collected yet runs no more. */
async function isRunning(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => undefined)
  return stat !== undefined && !stat.includes(') Z ')
}
