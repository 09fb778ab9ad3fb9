import assert from 'node:assert/strict'
import {readFile} from 'node:fs/promises'
import {join} from 'node:path'

import {makeHubotScene, type HubotScene} from '../../support/hubot-scene.js'
import type {RunningHubot} from '../../support/hubot.js'
import {startJobServer, type JobServer} from '../../support/job-server.js'

const ADA = 'made-up-api-token-of-ada'
const BOB = 'made-up-api-token-of-bob'
const HOW = 'Send me, in a private message: Droid jenkins set auth USER:APITOKEN'
const WHEN = Date.UTC(2026, 0, 2, 3, 4, 5)

describe('Hubot and Jenkins', () => {
  let scene: HubotScene
  let jenkins: JobServer
  let hubot: RunningHubot

  before(async () => {
    jenkins = await startJobServer()
    scene = await makeHubotScene()
    hubot = await scene.start({env: {HUBOT_JENKINS_URL: `${jenkins.url}/`}})
  })
  after(async () => {
    await scene.remove()
    await jenkins.stop()
  })
  beforeEach(async () => {
    jenkins.users = {ada: ADA, bob: BOB}
    jenkins.crumbs = 'none'
    jenkins.jobs = [
      {name: 'site', color: 'blue', seenBy: ['ada', 'bob']},
      {
        name: 'deploy',
        color: 'red_anime',
        description: 'Brings it out',
        parameters: {where: 'staging', why: ''},
        builtBy: ['ada'],
        lastBuild: {number: 7, result: null, timestamp: WHEN, building: true},
      },
      {name: 'secret plans', color: 'disabled', seenBy: ['ada']},
      {
        name: 'tools/lint & test',
        color: 'yellow',
        lastBuild: {number: 3, result: 'UNSTABLE', timestamp: WHEN, building: false},
      },
    ]
    for (const [user, text] of [
      ['U1', `ada:${ADA}`],
      ['U2', `bob:${BOB}`],
    ] as const) {
      assert.deepEqual(await say(user, `jenkins set auth ${text}`), [`Saved jenkins credentials for ${user}`])
    }
    jenkins.calls.length = 0
  })

  const say = (user: string, text: string, room?: string): Promise<string[]> =>
    hubot.say(user, `Droid ${text}`, room === undefined ? {} : {room})
  const called = (): string[] =>
    jenkins.calls.map(({user, method, path}) => `${user} ${method} ${path.split('?')[0] ?? ''}`)

  it('acts as each of two users at once, and never as the other', async () => {
    const act = async (user: string): Promise<string[]> => {
      const answers: string[] = []
      for (let round = 0; round < 8; round += 1) {
        answers.push(...(await say(user, 'jenkins list secret', 'general')))
        answers.push(...(await say(user, `jenkins build deploy, where=${user}`, 'general')))
      }
      return [...new Set(answers)]
    }
    assert.deepEqual(await Promise.all([act('U1'), act('U2')]), [
      ['DISABLED secret plans', 'Build started for deploy'],
      ['You see no job with “secret” in its name.', 'Jenkins says: you may not do that.'],
    ])
    const builders = jenkins.calls.flatMap(({user, form}) => form.map(([, where]) => `${where} is ${user}`))
    assert.equal(builders.length, 16)
    assert.deepEqual([...new Set(builders)].sort(), ['U1 is ada', 'U2 is bob'])
  })

  it('tells someone without a credential how to give one, whatever they ask for, and calls nothing', async () => {
    for (const text of [
      'list',
      'ls',
      'ls tools',
      'build site',
      'build site, a=b',
      'describe site',
      'last site',
      'auth',
    ]) {
      const [answer = ''] = await say('U3', `jenkins ${text}`, 'general')
      assert.ok(answer.startsWith(`I have no Jenkins credentials of yours. ${HOW}`), answer)
    }
    assert.deepEqual(called(), [])
  })

  describe('jenkins set auth', () => {
    it('refuses it in a room, keeps nothing, and has the key revoked', async () => {
      const [answer = ''] = await say('U3', `jenkins set auth ada:${ADA}`, 'general')
      assert.match(answer, /I did not keep it\. Revoke that API token in Jenkins now/)
      assert.match((await say('U3', 'j auth'))[0] ?? '', /^I have no Jenkins credentials/)
      assert.deepEqual(called(), [])
    })

    it('refuses what Jenkins refuses, and keeps what was there', async () => {
      const [answer = ''] = await say('U1', 'jenkins set auth ada:made-up-and-wrong')
      assert.match(answer, /jenkins/i)
      assert.doesNotMatch(answer, /Saved|made-up/)
      assert.deepEqual(await say('U1', 'j auth'), ['I have your Jenkins credentials: you are ada there.'])
    })

    it('does not take someone else’s until the first are cleared', async () => {
      const [answer = ''] = await say('U2', `jenkins set auth ada:${ADA}`)
      assert.match(answer, /say first: Droid jenkins auth clear$/)
      await say('U2', 'jenkins auth clear')
      assert.deepEqual(await say('U2', `jenkins set auth ada:${ADA}`), ['Saved jenkins credentials for U2'])
      await say('U2', 'j auth clear')
    })

    it('says how when it is given something else', async () => {
      for (const text of ['jenkins set auth', 'jenkins set auth ada', 'jenkins set auth :x', 'j set auth a b:c']) {
        assert.ok((await say('U1', text))[0]?.startsWith(HOW), text)
      }
    })
  })

  describe('jenkins list and ls', () => {
    it('say how jobs do', async () => {
      const [all] = await say('U1', 'jenkins list')
      assert.equal(all, 'PASS site\nFAIL (building) deploy\nDISABLED secret plans\ntools/')
      assert.deepEqual(await say('U1', 'J LIST Site'), ['PASS site'])
    })

    it('show a folder, and no path beside it', async () => {
      assert.deepEqual(await say('U1', 'j ls'), ['deploy\nsecret plans\nsite\ntools/'])
      assert.deepEqual(await say('U1', 'j ls /tools/'), ['lint & test'])
      assert.deepEqual(await say('U1', 'j ls nowhere'), [
        'Jenkins says: there is no such thing, or you may not see it.',
      ])
      jenkins.calls.length = 0
      for (const text of ['j ls ../me', 'j ls a/%2e%2e/b', 'j describe ..', 'j last a\\b']) {
        assert.match((await say('U1', text))[0] ?? '', /is not the name of a job/)
      }
      assert.deepEqual(called(), [])
    })
  })

  describe('jenkins build', () => {
    it('sends parameters as they are meant', async () => {
      await say('U1', 'jenkins build deploy, where=moon&why=50%25+é')
      const [{path, form} = {path: '', form: []}] = jenkins.calls
      assert.equal(path, '/job/deploy/buildWithParameters')
      assert.deepEqual(form, [
        ['where', 'moon'],
        ['why', '50% é'],
      ])
    })

    it('starts a job that has parameters with their defaults, and one in a folder', async () => {
      assert.deepEqual(await say('U1', 'jenkins build deploy'), ['Build started for deploy'])
      assert.deepEqual(await say('U1', 'jenkins build tools/lint & test'), ['Build started for tools/lint & test'])
      assert.deepEqual(called(), [
        'ada POST /job/deploy/build',
        'ada POST /job/deploy/buildWithParameters',
        'ada POST /job/tools/job/lint%20&%20test/build',
      ])
    })

    it('has a crumb where Jenkins wants one', async () => {
      jenkins.crumbs = 'plain'
      assert.deepEqual(await say('U1', 'jenkins build deploy, where=moon'), ['Build started for deploy'])
      assert.deepEqual(jenkins.calls.at(-1)?.form, [
        ['where', 'moon'],
        ['Jenkins-Crumb', 'made-up-crumb'],
      ])
      jenkins.crumbs = 'session'
      const [answer] = await say('U1', 'jenkins build site')
      assert.equal(answer, 'Jenkins says: to build anything it takes an API token, not a password.')
    })
  })

  it('describes a job and tells of its last build', async () => {
    const [described = ''] = await say('U2', 'jenkins describe deploy')
    assert.deepEqual(described.split('\n'), [
      'JOB: deploy',
      `URL: ${jenkins.url}/job/deploy/`,
      'DESCRIPTION: Brings it out',
      'ENABLED: true',
      'STATUS: FAIL (building)',
      'HEALTH: Build stability: No recent builds failed.',
      'PARAMETER: where (default: "staging")',
      'PARAMETER: why (default: "")',
      'LAST BUILD: #7 RUNNING, 2026-01-02T03:04:05.000Z',
    ])
    const [last = ''] = await say('U2', 'jenkins last tools/lint & test')
    assert.deepEqual(last.split('\n'), [
      'NAME: tools » lint & test #3',
      `URL: ${jenkins.url}/job/tools/job/lint & test/3/`,
      'BUILDING: false',
      'RESULT: UNSTABLE',
      'STARTED: 2026-01-02T03:04:05.000Z',
    ])
  })

  it('tells someone whose API token was revoked how to give another, and takes it', async () => {
    jenkins.users.ada = 'made-up-newer-token-of-ada'
    const [answer = ''] = await say('U1', 'jenkins list', 'general')
    assert.ok(answer.startsWith(`Jenkins no longer takes your credentials. ${HOW}`), answer)
    assert.match((await say('U1', 'jenkins auth'))[0] ?? '', /no longer takes/)
    await say('U1', 'jenkins set auth ada:made-up-newer-token-of-ada')
    assert.deepEqual(await say('U1', 'jenkins list site'), ['PASS site'])
    assert.deepEqual(await say('U2', 'jenkins list site'), ['PASS site'])
  })

  it('keeps names in the brain, and no secret there, in the store or in the log', async () => {
    const brain = await hubot.dumpBrain()
    assert.match(brain, /"behalf":\{"chat:U1":\{"jenkins":"ada"\},"chat:U2":\{"jenkins":"bob"\}\}/)
    const store = await readFile(join(scene.folder, 'store.json'), 'utf8')
    for (const seen of [brain, store, hubot.output()]) {
      assert.doesNotMatch(seen, /made-up-(?:api|newer)-token/)
      for (const secret of [`ada:${ADA}`, `bob:${BOB}`]) {
        assert.equal(seen.includes(Buffer.from(secret).toString('base64')), false)
      }
    }
  })

  it('has its commands in the help', async () => {
    const [help = ''] = await say('U3', 'help')
    for (const usage of ['jenkins set auth <user:apitoken>', 'jenkins build <job>', 't search <query>']) {
      assert.ok(help.includes(usage), help)
    }
  })
})
