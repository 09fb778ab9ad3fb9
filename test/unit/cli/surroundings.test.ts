import assert from 'node:assert/strict'

import {createProcessSurroundings} from '../../../src/cli/surroundings.js'

const DESKTOP_VARIABLES = ['DISPLAY', 'WAYLAND_DISPLAY', 'WSL_DISTRO_NAME']

describe('the surroundings of the process', () => {
  let before: NodeJS.ProcessEnv

  beforeEach(() => (before = {...process.env}))
  afterEach(() => Object.assign(process.env, before))

  it('have no browser to open without a desktop', async function () {
    if (process.platform !== 'linux') this.skip()
    for (const name of DESKTOP_VARIABLES) Reflect.deleteProperty(process.env, name)
    await assert.rejects(createProcessSurroundings().openBrowser('http://localhost:1/'), /no desktop/)
  })
})
