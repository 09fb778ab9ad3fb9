import assert from 'node:assert/strict'

import {readProgramEnvironment} from '../../../src/config/program-environment.js'

describe('readProgramEnvironment', () => {
  it('withholds what opens the store or speaks for the application', () => {
    const environment = {
      BEHALF_SECRET: 'made-up',
      BEHALF_SECRET_FILE: 'made-up',
      BEHALF_SECRET_OF_TOMORROW: 'made-up',
      BEHALF_TOKEN: 'made-up',
      BEHALF_TWITCH_CLIENT_SECRET: 'made-up',
      BEHALF_MY_FORGE_CLIENT_SECRET: 'made-up',
      TWITCH_CLIENT_SECRET: 'made-up',
    }
    assert.deepEqual(readProgramEnvironment(environment), {})
  })

  it('passes everything else on', () => {
    const environment = {
      PATH: '/bin',
      EMPTY: '',
      BEHALF_STORE: 'a',
      BEHALF_AS: 'b',
      BEHALF_TWITCH_CLIENT_ID: 'c',
      TWITCH_CLIENT_ID: 'd',
      MY_BEHALF_SECRET: 'e',
    }
    assert.deepEqual(readProgramEnvironment({...environment, GONE: undefined}), environment)
  })
})
