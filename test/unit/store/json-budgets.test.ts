import assert from 'node:assert/strict'
import {chmod, mkdir, readdir, readFile, rm, stat, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import {EMPTY_CHAT_BUDGET} from '../../../src/model/chat-budget.js'
import {EMPTY_BUDGET} from '../../../src/model/rate-budget.js'
import {chatBudgetRecord, rateBudgetRecord} from '../../../src/store/budget-records.js'
import {createJsonBudgets} from '../../../src/store/json-budgets.js'
import {startStoreChild} from '../../support/start-store-child.js'
import {makeTemporaryFolder, removeFolder} from '../../support/temporary-folder.js'
import {until} from '../../support/until.js'

describe('budgets in files', () => {
  let folder: string
  let rates: string
  beforeEach(async () => {
    folder = await makeTemporaryFolder()
    rates = join(folder, 'data/store.json.rates')
  })
  afterEach(() => removeFolder(folder))

  const open = () => createJsonBudgets(join(folder, 'data/store.json'), rateBudgetRecord)
  const count = (budgets = open()) =>
    budgets.update('key', (budget = EMPTY_BUDGET) => ({
      budget: {...budget, sequence: budget.sequence + 1},
      result: budget.sequence,
    }))
  const onlyFile = async () => join(rates, (await readdir(rates))[0] ?? assert.fail('there is no file'))

  it('are their owner’s alone, and do not name the account', async () => {
    await count()
    const file = await onlyFile()
    assert.equal((await stat(rates)).mode & 0o777, 0o700)
    assert.equal((await stat(file)).mode & 0o777, 0o600)
    assert.match(file, /\/[0-9a-f]{64}$/)
  })

  const damaged: [string, string | Buffer][] = [
    ['empty', ''],
    ['torn', '{"format":1,"taken":[18000'],
    ['no JSON', Buffer.from([0xff, 0xfe, 0x00])],
    ['of a later version', '{"format":2}'],
    ['of another shape', '{"format":1,"taken":{},"sequence":1}'],
    ['without a limit', '{"format":1,"taken":[],"sequence":1,"meter":{"limit":0,"perMinute":1,"points":1,"at":1}}'],
    ['huge', ' '.repeat(100_000)],
  ]
  for (const [what, content] of damaged) {
    it(`know nothing when their file is ${what}, and go on`, async () => {
      await count()
      await writeFile(await onlyFile(), content)
      assert.equal(await count(), 0)
      assert.equal(await count(), 1)
      assert.ok((await readFile(await onlyFile())).length < 20_000)
    })
  }

  it('are shared in the process alone where no folder can be made', async () => {
    await mkdir(join(folder, 'data'))
    await writeFile(rates, 'a file is in the way')
    const budgets = open()
    assert.deepEqual([await count(budgets), await count(budgets)], [0, 1])
    assert.equal(await count(), 0)
  })

  it('are shared in the process alone where the file cannot be opened', async () => {
    await count()
    await chmod(await onlyFile(), 0o600)
    await mkdir(join(folder, 'other/store.json.rates'), {recursive: true})
    const name = (await onlyFile()).split('/').at(-1) ?? ''
    await mkdir(join(folder, 'other/store.json.rates', name))
    const budgets = createJsonBudgets(join(folder, 'other/store.json'), rateBudgetRecord)
    assert.deepEqual([await count(budgets), await count(budgets)], [0, 1])
  })

  it('are shared again once the folder can be made', async () => {
    await mkdir(join(folder, 'data'))
    await writeFile(rates, 'a file is in the way')
    const budgets = open()
    assert.deepEqual([await count(budgets), await count(budgets)], [0, 1])
    await rm(rates)
    assert.equal(await count(), 0)
    await until('it tries again', async () => (await count(budgets)) === (await count()) - 1, 20_000)
  })

  it('of an account that writes to very many channels are shared like any', async () => {
    const budgetsOf = () => createJsonBudgets(join(folder, 'data/store.json'), chatBudgetRecord)
    const channels = Array.from({length: 2000}, (_, index) => ({channel: `#made_up_für_${String(index)}`, at: 1}))
    await budgetsOf().update('key', () => ({budget: {...EMPTY_CHAT_BUDGET, channels}, result: undefined}))
    const read = () => budgetsOf().update('key', (budget = EMPTY_CHAT_BUDGET) => ({budget, result: budget}))
    assert.deepEqual((await read()).channels, channels)
    await budgetsOf().update('key', () => ({budget: EMPTY_CHAT_BUDGET, result: undefined}))
    assert.deepEqual(await read(), EMPTY_CHAT_BUDGET)
  })

  it('wait no more than a moment for a process that was suspended while it had one', async () => {
    await count()
    const child = await startStoreChild(['hold-file', await onlyFile(), ''])
    try {
      const budgets = open()
      const startedMs = performance.now()
      assert.deepEqual([await count(budgets), await count(budgets)], [0, 1])
      const elapsedMs = performance.now() - startedMs
      assert.ok(elapsedMs >= 900 && elapsedMs < 20_000, `${String(elapsedMs)} ms`)
    } finally {
      await child.kill()
    }
  })
})
