import assert from 'node:assert/strict'

import {readServeSettings} from '../../../src/config/serve-settings.js'

const HOME = {HOME: '/home/sam'}

describe('readServeSettings', () => {
  it('listens on loopback, and on a socket in the folder of the session', () => {
    assert.deepEqual(readServeSettings({}, {...HOME, XDG_RUNTIME_DIR: '/run/user/1000'}), {
      listen: {host: '127.0.0.1', port: 8420},
      socketPath: '/run/user/1000/behalf/daemon.sock',
      corsOrigins: [],
      returnOrigins: [],
      logLevel: 'info',
    })
  })

  it('puts the socket where state is kept when there is no such folder, or a relative one', () => {
    assert.equal(readServeSettings({}, HOME).socketPath, '/home/sam/.local/state/behalf/daemon.sock')
    const state = {...HOME, XDG_RUNTIME_DIR: 'run', XDG_STATE_HOME: '/var/state'}
    assert.equal(readServeSettings({}, state).socketPath, '/var/state/behalf/daemon.sock')
  })

  it('reads the environment, and flags before it', () => {
    const environment = {
      ...HOME,
      BEHALF_LISTEN: '[::1]:9000',
      BEHALF_SOCKET: '/run/one.sock',
      BEHALF_PUBLIC_URL: 'https://one.example',
      BEHALF_LOG_LEVEL: 'WARN',
    }
    assert.deepEqual(readServeSettings({}, environment), {
      listen: {host: '::1', port: 9000},
      socketPath: '/run/one.sock',
      publicUrl: 'https://one.example',
      corsOrigins: [],
      returnOrigins: [],
      logLevel: 'warn',
    })
    const flags = {
      listen: 'Bot-Host:0',
      socket: '/run/two.sock',
      publicUrl: 'http://Two.example:8080/',
      corsOrigins: ['https://panel.example'],
      returnOrigins: [],
      logLevel: 'debug',
    }
    assert.deepEqual(readServeSettings(flags, environment), {
      listen: {host: 'bot-host', port: 0},
      socketPath: '/run/two.sock',
      publicUrl: 'http://two.example:8080',
      corsOrigins: ['https://panel.example'],
      returnOrigins: [],
      logLevel: 'debug',
    })
    assert.equal('socketPath' in readServeSettings({socket: false}, environment), false)
  })

  it('takes empty variables for unset ones, and a port alone for loopback', () => {
    const environment = {...HOME, BEHALF_LISTEN: '', BEHALF_SOCKET: '', BEHALF_PUBLIC_URL: '', BEHALF_LOG_LEVEL: ''}
    assert.deepEqual(
      readServeSettings({listen: '9000'}, environment),
      readServeSettings({listen: '127.0.0.1:9000'}, HOME),
    )
  })

  const LONG = `/${'x'.repeat(103)}`
  const WRONG: [string, Parameters<typeof readServeSettings>[0], Record<string, string>, RegExp][] = [
    ...[
      '',
      'localhost',
      'localhost:',
      ':8420',
      'a b:1',
      '::1:8420',
      '127.0.0.1:65536',
      '1:2:3',
      'http://localhost:1',
    ].map((listen): [string, {listen: string}, Record<string, string>, RegExp] => [listen, {listen}, {}, /^--listen /]),
    ['a variable', {}, {BEHALF_LISTEN: 'nowhere'}, /^BEHALF_LISTEN /],
    ['a long path', {socket: LONG}, {}, /^--socket .* at most 103 bytes/],
    ['an empty path', {socket: ''}, {}, /^--socket /],
    ['a long variable', {}, {BEHALF_SOCKET: LONG}, /^BEHALF_SOCKET /],
    ['a URL with a path', {publicUrl: 'https://one.example/behalf'}, {}, /^--public-url /],
    ['a URL with a user', {publicUrl: 'https://sam@one.example'}, {}, /^--public-url /],
    ['no URL', {}, {BEHALF_PUBLIC_URL: 'one.example'}, /^BEHALF_PUBLIC_URL /],
    ['any origin', {corsOrigins: ['*']}, {}, /^--cors-origin /],
    ['the origin null', {corsOrigins: ['null']}, {}, /^--cors-origin /],
    ['any origin to return to', {returnOrigins: ['*']}, {}, /^--return-origin /],
    ['a level', {}, {BEHALF_LOG_LEVEL: 'loud'}, /^BEHALF_LOG_LEVEL /],
  ]
  for (const [what, flags, environment, message] of WRONG) {
    it(`refuses ${what}, naming where it was set`, () => {
      assert.throws(() => readServeSettings(flags, {...HOME, ...environment}), {code: 'configuration', message})
    })
  }

  it('takes a socket path of just the length that systems take', () => {
    const path = `/${'x'.repeat(102)}`
    assert.equal(readServeSettings({socket: path}, HOME).socketPath, path)
  })
})
