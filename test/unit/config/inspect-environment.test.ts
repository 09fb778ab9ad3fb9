import assert from 'node:assert/strict'
import {readdir, readFile} from 'node:fs/promises'
import {join} from 'node:path'

import {inspectEnvironment, KNOWN_VARIABLES} from '../../../src/config/inspect-environment.js'

describe('inspectEnvironment', () => {
  const inspect = (environment: Record<string, string>, platform: NodeJS.Platform = 'linux') =>
    inspectEnvironment(['twitch', 'github'], environment, platform)

  it('names what is set, and no value', () => {
    const report = inspect({
      BEHALF_AS: 'a',
      BEHALF_STORE: '',
      BEHALF_FORGE_CLIENT_ID: 'x',
      TWITCH_CLIENT_ID: 'y',
      HOME: '/',
    })
    assert.deepEqual(report.set, ['BEHALF_AS', 'BEHALF_FORGE_CLIENT_ID', 'TWITCH_CLIENT_ID'])
    assert.deepEqual(report.unknown, [])
  })

  for (const [slip, meant] of [
    ['BEHALF_STROE', 'BEHALF_STORE'],
    ['BEHALF_SECRETFILE', 'BEHALF_SECRET_FILE'],
    ['BEHALF_TWITCH_CLIENTID', 'BEHALF_TWITCH_CLIENT_ID'],
    ['BEHALF_GITHUB_CLIENT_SECERT', 'BEHALF_GITHUB_CLIENT_SECRET'],
    ['behalf_store', 'BEHALF_STORE'],
  ] as const) {
    it(`takes ${slip} for ${meant}`, () => {
      assert.deepEqual(inspect({[slip]: 'x'}).unknown, [{name: slip, meant}])
    })
  }

  it('says nothing nearest of what is like nothing, and leaves the tests’ variables alone', () => {
    assert.deepEqual(inspect({BEHALF_XYZZY_PLUGH_FROBOZZ: '1', BEHALF_TEST_LONG: '1'}).unknown, [
      {name: 'BEHALF_XYZZY_PLUGH_FROBOZZ'},
    ])
  })

  it('knows where a browser has somewhere to open', () => {
    assert.deepEqual(
      [inspect({}), inspect({DISPLAY: ':0'}), inspect({WAYLAND_DISPLAY: 'w'}), inspect({}, 'darwin')].map(
        ({hasDesktop}) => hasDesktop,
      ),
      [false, true, true, true],
    )
  })

  it('knows every variable that this folder reads', async () => {
    const folder = join(import.meta.dirname, '../../../src/config')
    const sources = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')))
    const read = sources.flatMap((source) => [...source.matchAll(/(?:read\(|environment\.)'?(BEHALF_[A-Z_]+)/g)])
    assert.ok(read.length >= 4)
    for (const [, name = ''] of read) assert.ok((KNOWN_VARIABLES as readonly string[]).includes(name), name)
  })
})
