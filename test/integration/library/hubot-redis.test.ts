import assert from 'node:assert/strict'
import {access} from 'node:fs/promises'
import {join} from 'node:path'

import {makeHubotScene, type HubotScene} from '../../support/hubot-scene.js'
import type {RunningHubot} from '../../support/hubot.js'
import {startJobServer, type JobServer} from '../../support/job-server.js'
import {REDIS_SERVER, startRedisServer, type RedisServer} from '../../support/redis-server.js'
import {needing, skipWithout} from '../../support/skip-without.js'
import {until} from '../../support/until.js'

const ADA = 'made-up-api-token-of-ada'

describe(needing('redis-server', REDIS_SERVER !== undefined, 'Hubot with its store where REDIS_URL says'), function () {
  this.timeout(60_000)

  let redis: RedisServer
  let scene: HubotScene
  let jenkins: JobServer
  let hubot: RunningHubot

  before(async function () {
    skipWithout('redis-server', REDIS_SERVER !== undefined, this)
    redis = await startRedisServer()
    jenkins = await startJobServer({users: {ada: ADA}, jobs: [{name: 'site', color: 'blue'}]})
    scene = await makeHubotScene()
    hubot = await scene.start({
      env: {
        BEHALF_STORE: 'redis',
        REDIS_URL: `${redis.url}/1`,
        XDG_DATA_HOME: scene.folder,
        HUBOT_JENKINS_URL: jenkins.url,
      },
    })
  })
  after(async () => {
    if (REDIS_SERVER === undefined) return
    await scene.remove()
    await jenkins.stop()
    await redis.dispose()
  })

  const list = () => hubot.say('U1', 'Droid jenkins list', {room: 'general'})

  it('keeps there what people gave it, and nowhere else', async () => {
    assert.deepEqual(await hubot.say('U1', `Droid jenkins set auth ada:${ADA}`), ['Saved jenkins credentials for U1'])
    assert.deepEqual(await list(), ['PASS site'])
    assert.match(String(await redis.command('INFO', 'keyspace')), /^db1:/m)
    await assert.rejects(access(join(scene.folder, 'store.json')), {code: 'ENOENT'})
    assert.ok(!(await hubot.dumpBrain()).includes(ADA))
  })

  it('says that it cannot while Redis is away, and goes on when it is back', async () => {
    await redis.stop()
    // Where it is says the log; a chat is read by many.
    assert.deepEqual(await list(), ['I cannot get at what I keep just now. My log says why.'])
    const reason = `redis://127.0.0.1:${String(redis.port)}/1: Redis cannot be reached`
    await until('the log says why', () => hubot.output().includes(reason))
    await redis.start()
    let answers = await list()
    for (let i = 0; i < 50 && answers[0] !== 'PASS site'; i += 1) answers = await list()
    assert.deepEqual(answers, ['PASS site'])
    assert.ok(!hubot.output().includes(ADA))
  })
})
