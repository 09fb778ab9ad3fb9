import assert from 'node:assert/strict'
import {mkdir} from 'node:fs/promises'
import {platform} from 'node:os'
import {join} from 'node:path'

import {findTwitchCliFile} from '../../../src/config/twitch-cli-file.js'
import {makeTemporaryFolder, removeFolder} from '../../support/temporary-folder.js'

describe('findTwitchCliFile', () => {
  let home: string
  beforeEach(async () => {
    home = await makeTemporaryFolder()
  })
  afterEach(() => removeFolder(home))

  it('looks among the settings of the user', function () {
    if (platform() === 'darwin') {
      assert.equal(
        findTwitchCliFile({HOME: home}),
        join(home, 'Library/Application Support/twitch-cli/.twitch-cli.env'),
      )
      return
    }
    assert.equal(findTwitchCliFile({HOME: home}), join(home, '.config/twitch-cli/.twitch-cli.env'))
    const file = findTwitchCliFile({HOME: home, XDG_CONFIG_HOME: '/made-up'})
    assert.equal(file, '/made-up/twitch-cli/.twitch-cli.env')
  })

  it('looks in the folder of its first versions where there is one', async () => {
    await mkdir(join(home, '.twitch-cli'))
    assert.equal(
      findTwitchCliFile({HOME: home, XDG_CONFIG_HOME: '/made-up'}),
      join(home, '.twitch-cli/.twitch-cli.env'),
    )
  })
})
