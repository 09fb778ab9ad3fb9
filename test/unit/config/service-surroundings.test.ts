import assert from 'node:assert/strict'
import {join} from 'node:path'

import {readServiceSurroundings} from '../../../src/config/service-surroundings.js'

describe('what a service is told of the environment', () => {
  const read = (environment: Record<string, string>) =>
    readServiceSurroundings({isRedis: false}, {HOME: '/home/sam', ...environment})

  it('is every setting that is no secret, with whole paths', () => {
    const given = {
      BEHALF_LISTEN: '9000',
      BEHALF_LOG_LEVEL: 'warn',
      BEHALF_PUBLIC_URL: 'https://behalf.example',
      BEHALF_CALLBACK_URL: 'http://localhost:9000/callback',
      BEHALF_TWITCH_CLIENT_ID: 'made-up',
      TWITCH_CLIENT_ID: 'made-up-too',
      NODE_EXTRA_CA_CERTS: '/etc/made-up.pem',
      XDG_DATA_HOME: '/data',
    }
    const {environment, withheld} = read({...given, BEHALF_SECRET_FILE: 'key', BEHALF_SOCKET: '/run/made-up.sock'})
    const paths = {BEHALF_SECRET_FILE: join(process.cwd(), 'key'), BEHALF_SOCKET: '/run/made-up.sock'}
    assert.deepEqual(environment, {...given, ...paths})
    assert.deepEqual(withheld, [])
  })

  it('is no secret, which is named alone', () => {
    const secrets = {BEHALF_SECRET: 'made', BEHALF_GIT_HUB_CLIENT_SECRET: 'up', TWITCH_CLIENT_SECRET: 'made'}
    const {environment, withheld} = read(secrets)
    assert.deepEqual(environment, {})
    assert.deepEqual(withheld, ['BEHALF_GIT_HUB_CLIENT_SECRET', 'BEHALF_SECRET', 'TWITCH_CLIENT_SECRET'])
  })

  it('says where a Redis is, where the store is one, unless a password stands in it', () => {
    const open = {BEHALF_STORE: 'redis', REDIS_URL: 'redis://one', BEHALF_REDIS_CLUSTER: 'one,two'}
    const closed = {REDIS_HOST: 'redis://:made-up@one', BEHALF_REDIS_PASSWORD: 'made-up'}
    const environment = {HOME: '/home/sam', ...open, ...closed}
    const found = readServiceSurroundings({isRedis: true}, environment)
    assert.deepEqual(found.environment, open)
    assert.deepEqual(found.withheld, ['BEHALF_REDIS_PASSWORD', 'REDIS_HOST'])
    const other = readServiceSurroundings({isRedis: false}, environment)
    assert.deepEqual(Object.keys(other.environment), ['BEHALF_REDIS_CLUSTER'])
  })

  it('is nothing of what is empty, is for commands, or is not behalf’s', () => {
    const others = {BEHALF_AS: 'sam', BEHALF_TOKEN: 'x', BEHALF_STORE: '/x.json', BEHALF_LISTEN: '', PATH: '/bin'}
    const {environment, withheld} = read(others)
    assert.deepEqual([environment, withheld], [{}, []])
  })

  it('knows where systemd looks for units', () => {
    assert.equal(read({}).unitPath, '/home/sam/.config/systemd/user/behalf.service')
    assert.equal(read({XDG_CONFIG_HOME: '/config'}).unitPath, '/config/systemd/user/behalf.service')
    assert.equal(read({XDG_CONFIG_HOME: 'relative'}).unitPath, '/home/sam/.config/systemd/user/behalf.service')
  })
})
