import assert from 'node:assert/strict'
import {randomBytes} from 'node:crypto'

import {makeCommandHome, type CommandHome} from '../../support/command-home.js'
import {findFreePort} from '../../support/free-port.js'
import {sharedRedisServer} from '../../support/redis-place.js'
import {REDIS_SERVER, type RedisServer} from '../../support/redis-server.js'
import {skipWithout} from '../../support/skip-without.js'

const PASSWORD = 'made-up-password-of-redis'

interface Report {
  ok: boolean
  problems: {code: string; message: string; severity: string}[]
}

describe('commands, with their store in Redis', function () {
  this.timeout(60_000)
  let server: RedisServer
  let home: CommandHome
  let prefix: string
  let url: string

  before(async function () {
    skipWithout('redis-server', REDIS_SERVER !== undefined, this)
    server = await sharedRedisServer()
  })

  beforeEach(async () => {
    prefix = `test-${randomBytes(6).toString('hex')}:`
    url = `${server.url}?prefix=${prefix}`
    home = await makeCommandHome({client: 'none'})
    process.env.BEHALF_STORE = url
    process.env.XDG_DATA_HOME = home.folder
  })
  afterEach(async () => {
    delete process.env.XDG_DATA_HOME
    await home.remove()
  })

  const issue = () => home.run(['token', 'issue', 'made-up', '--scope', 'points:read'])
  async function check(): Promise<Report & {exitCode: number}> {
    const {stdout, exitCode} = await home.run(['store', 'check', '--json'])
    return {...(JSON.parse(stdout) as Report), exitCode}
  }

  it('keep what they were told', async () => {
    assert.equal((await issue()).exitCode, 0)
    const {stdout} = await home.run(['token', 'list', '--json'])
    assert.deepEqual(
      (JSON.parse(stdout) as {tokens: {name: string}[]}).tokens.map(({name}) => name),
      ['made-up'],
    )
  })

  const FAULTS: [string, () => Promise<string> | string, string, number][] = [
    [
      'a Redis that is not there',
      async () => `redis://:${PASSWORD}@127.0.0.1:${String(await findFreePort())}`,
      'store-unavailable',
      7,
    ],
    ['a wrong password', () => url.replace('//', `//nobody:${PASSWORD}@`), 'configuration', 3],
    ['a database that is not there', () => url.replace('?', '/999?'), 'configuration', 3],
  ]
  for (const [title, address, code, exitCode] of FAULTS) {
    it(`end with ${String(exitCode)} for ${title}, and show no password`, async () => {
      process.env.BEHALF_STORE = await address()
      const end = await home.run(['status', '--json'])
      assert.equal(end.exitCode, exitCode, end.stdout)
      const {error} = JSON.parse(end.stdout) as {error: {code: string; hint?: string}}
      assert.equal(error.code, code)
      assert.ok(error.hint)
      const plain = await home.run(['status'])
      assert.equal(plain.exitCode, exitCode)
      assert.ok(!(end.stdout + end.stderr + plain.stdout + plain.stderr).includes(PASSWORD))
    })
  }

  it('end with 7 for a Redis that is full, and lose nothing', async () => {
    assert.equal((await issue()).exitCode, 0)
    await server.command('CONFIG', 'SET', 'maxmemory', '1')
    try {
      const {exitCode, stdout} = await home.run(['points', 'add', 'viewer_vera', '3', '--json'])
      const {error} = JSON.parse(stdout) as {error: {code: string; hint: string}}
      assert.deepEqual([exitCode, error.code], [7, 'store-full'])
      assert.match(error.hint, /CONFIG SET maxmemory/)
      assert.match((await home.run(['token', 'list'])).stdout, /made-up/)
    } finally {
      await server.command('CONFIG', 'SET', 'maxmemory', '0')
    }
  })

  it('end with 3 for a Redis that may evict, and say how to mend it', async () => {
    await server.command('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lfu')
    try {
      const {exitCode, stderr} = await home.run(['status'])
      assert.equal(exitCode, 3)
      assert.match(stderr, /redis-cli -h 127\.0\.0\.1 -p \d+ CONFIG SET maxmemory-policy noeviction/)
      const report = await check()
      assert.deepEqual([report.exitCode === 0, report.problems.map(({code}) => code)], [false, ['configuration']])
    } finally {
      await server.command('CONFIG', 'SET', 'maxmemory-policy', 'noeviction')
    }
  })

  describe('store check', () => {
    it('finds nothing in a store that is sound, or not there yet, and makes none', async () => {
      assert.deepEqual((await check()).problems, [])
      assert.equal(await server.command('EXISTS', `${prefix}{m}meta`), 0)
      await issue()
      assert.deepEqual((await check()).problems, [])
    })

    it('finds what is damaged, left over, or not ours, and changes nothing', async () => {
      await issue()
      const [id] = (await server.command('SMEMBERS', `${prefix}tokens`)) as string[]
      await server.command('SET', `${prefix}{t:${id ?? ''}}`, '{"id":')
      await server.command('SADD', `${prefix}login-nobody`, 'twitch:404')
      await server.command('SET', `${prefix}something-else`, 'made up')
      const before = await server.command('DBSIZE')
      const {problems, exitCode} = await check()
      assert.deepEqual(problems.map(({code}) => code).sort(), ['store-damaged', 'stray-hint', 'unknown-key'])
      assert.notEqual(exitCode, 0)
      assert.equal(await server.command('DBSIZE'), before)
    })

    it('finds a balance that its changes do not come to', async () => {
      await home.run(['points', 'add', 'viewer_vera', '3'])
      assert.deepEqual((await check()).problems, [])
      await server.command('ZADD', `${prefix}{p}balances`, '4', 'viewer_vera')
      const {problems} = await check()
      assert.deepEqual(
        problems.map(({code}) => code),
        ['store-damaged'],
      )
      assert.match(problems[0]?.message ?? '', /points ledger .* viewer_vera/)
    })

    it('tells another secret from damage', async () => {
      await issue()
      process.env.BEHALF_SECRET = 'made-up passphrase, and another one'
      try {
        assert.deepEqual(
          (await check()).problems.map(({code}) => code),
          ['wrong-secret'],
        )
      } finally {
        delete process.env.BEHALF_SECRET
      }
    })

    it('leaves alone what is no store', async () => {
      await server.command('HSET', `${prefix}{m}meta`, 'format', 'made up')
      assert.deepEqual(
        (await check()).problems.map(({code}) => code),
        ['store-foreign'],
      )
      await server.command('HSET', `${prefix}{m}meta`, 'format', 'behalf-store', 'version', '2')
      assert.deepEqual(
        (await check()).problems.map(({code}) => code),
        ['store-newer'],
      )
    })
  })

  describe('doctor', () => {
    const diagnose = async () => {
      const {stdout} = await home.run(['doctor', '--offline', '--json'])
      const {checks} = JSON.parse(stdout) as {checks: {name: string; status: string; message: string}[]}
      return checks
    }
    const aboutRedis = async () => (await diagnose()).filter(({name}) => name === 'redis')

    it('tells what Redis is like, and nothing of files', async () => {
      await issue()
      const checks = await diagnose()
      assert.ok(!checks.some(({name}) => name === 'locks'))
      assert.deepEqual(
        checks.filter(({name}) => name === 'redis').map(({status}) => status),
        ['ok', 'ok'],
      )
      assert.match((await aboutRedis())[0]?.message ?? '', /^Redis \d+\.\d+\.\d+ at redis:\S+: 0 replicas/)
    })

    it('wants what is acknowledged to be on the disk', async () => {
      await server.command('CONFIG', 'SET', 'appendfsync', 'everysec')
      try {
        const warnings = (await aboutRedis()).filter(({status}) => status === 'warning')
        assert.deepEqual(
          warnings.map(({message}) => message.includes('appendfsync is everysec')),
          [true],
        )
      } finally {
        await server.command('CONFIG', 'SET', 'appendfsync', 'always')
      }
    })
  })
})
