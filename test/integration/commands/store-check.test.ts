import assert from 'node:assert/strict'
import {truncate} from 'node:fs/promises'
import {join} from 'node:path'

import {makeCommandHome, type CommandHome} from '../../support/command-home.js'
import {parseJson} from '../../support/run-command.js'

describe('store check', () => {
  let home: CommandHome
  beforeEach(async () => (home = await makeCommandHome()))
  afterEach(() => home.remove())

  const path = () => join(home.folder, 'store.json')

  it('says that a sound store is sound', async () => {
    const {exitCode, stdout} = await home.run(['store', 'check'])
    assert.equal(exitCode, 0)
    assert.equal(stdout, `✓ ${path()} is sound: 0 accounts, and every secret opens.\n`)
    assert.deepEqual(parseJson(await home.run(['store', 'check', '--json'])), {
      ok: true,
      store: path(),
      accounts: 0,
      problems: [],
    })
  })

  it('says what is damaged and how to go back: 7, with and without --json', async () => {
    await home.logIn(['login'], 'streamer_sam')
    await truncate(path(), 200)
    const text = await home.run(['store', 'check'])
    assert.equal(text.exitCode, 7)
    assert.match(text.stdout, /^✗ The store .* is damaged: .*\n {2}→ cp -- .*\.bak /)
    const json = await home.run(['store', 'check', '--json'])
    assert.equal(json.exitCode, 7)
    const {ok, problems} = parseJson(json) as {ok: boolean; problems: Record<string, unknown>[]}
    assert.deepEqual([ok, problems[0]?.severity, problems[0]?.code], [false, 'error', 'store-damaged'])
  })

  it('looks at the store that --store names, and takes one that is not there yet', async () => {
    const {exitCode, stdout} = await home.run(['store', 'check', '--store', join(home.folder, 'other.json')])
    assert.equal(exitCode, 0)
    assert.match(stdout, /There is no store at .*other\.json yet/)
  })
})
