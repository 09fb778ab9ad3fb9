import assert from 'node:assert/strict'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import {makeCommandHome, type CommandHome} from '../../support/command-home.js'
import {makeBrain} from '../../support/hubot-brain.js'
import {startJobServer, type JobServer} from '../../support/job-server.js'
import {parseJson, type CommandEnd} from '../../support/run-command.js'

const CRYPTO_SECRET = 'made-up crypto secret'
const ADA = 'made-up-api-token-of-ada'
const BOB = 'made-up-api-token-of-bob'

interface Report {
  credentials: {user_id: string; subject: string; outcome: string; login: string | null; reason: string | null}[]
}

describe('import hubot-brain', () => {
  let home: CommandHome
  let jenkins: JobServer

  beforeEach(async () => {
    jenkins = await startJobServer({users: {ada: ADA, bob: BOB}})
    home = await makeCommandHome({client: 'none'})
    process.env.HUBOT_JENKINS_URL = jenkins.url
    process.env.HUBOT_JENKINS_CRYPTO_SECRET = CRYPTO_SECRET
  })
  afterEach(async () => {
    delete process.env.HUBOT_JENKINS_URL
    delete process.env.HUBOT_JENKINS_CRYPTO_SECRET
    await home.remove()
    await jenkins.stop()
  })

  const run = (stdin: string, ...argv: string[]): Promise<CommandEnd> =>
    home.run(['import', 'hubot-brain', '-', '--adapter', 'slack', ...argv], {stdin})
  const outcomes = (end: CommandEnd): Record<string, string> =>
    Object.fromEntries((parseJson(end) as Report).credentials.map(({user_id, outcome}) => [user_id, outcome]))
  const people = makeBrain({U1: `ada:${ADA}`, U2: `bob:${BOB}`}, CRYPTO_SECRET)

  it('keeps each credential that Jenkins takes, and says whose it is', async () => {
    const file = join(home.folder, 'brain.json')
    await writeFile(file, people)
    const end = await home.run(['import', 'hubot-brain', file, '--adapter', 'slack'])
    assert.deepEqual([end.exitCode, end.stdout], [0, ''])
    assert.equal(end.stderr, '✓ slack:U1 (ada): imported\n✓ slack:U2 (bob): imported\n')
    assert.deepEqual(
      jenkins.calls.map(({user, path}) => [user, path]),
      [
        ['ada', '/me/api/json'],
        ['bob', '/me/api/json'],
      ],
    )
    const behalf = await home.openBehalf()
    const accounts = await behalf.listAccounts()
    await behalf.close()
    assert.deepEqual(
      accounts.map(({key, login, role, credential}) => [key, login, role, credential]),
      [
        ['jenkins@slack:U1', 'ada', 'user', 'basic'],
        ['jenkins@slack:U2', 'bob', 'user', 'basic'],
      ],
    )
  })

  it('leaves what somebody has already alone when it is run again', async () => {
    assert.equal((await run(people)).exitCode, 0)
    const old = makeBrain({U1: 'bob:made-up-and-old', U2: `bob:${BOB}`}, CRYPTO_SECRET)
    const end = await run(old, '--json')
    assert.deepEqual([end.exitCode, outcomes(end)], [0, {U1: 'present', U2: 'present'}])
    assert.equal(jenkins.calls.length, 2)
  })

  it('reports one by one what is refused and what cannot be read, exit 8, and keeps the rest', async () => {
    const brain = makeBrain({U1: `ada:${ADA}`, U2: 'bob:made-up-and-revoked', U3: 'abcdef'}, CRYPTO_SECRET)
    const end = await run(brain, '--json')
    assert.deepEqual([end.exitCode, outcomes(end)], [8, {U1: 'imported', U2: 'refused', U3: 'unreadable'}])
    const text = await run(brain)
    assert.match(text.stderr, /slack:U2: refused: .*\n.*slack:U3: cannot be read with this secret\n/)
    assert.doesNotMatch(`${end.stdout}${text.stderr}`, /made-up-and-revoked|made-up-api-token/)
  })

  it('says plainly that the secret is another one, exit 3, and asks Jenkins nothing', async () => {
    process.env.HUBOT_JENKINS_CRYPTO_SECRET = 'another made-up secret'
    const end = await run(people)
    assert.equal(end.exitCode, 3)
    assert.match(end.stderr, /HUBOT_JENKINS_CRYPTO_SECRET is not what these 2 credentials are encrypted with/)
    delete process.env.HUBOT_JENKINS_CRYPTO_SECRET
    const without = await run(people)
    assert.equal(without.exitCode, 3)
    assert.match(without.stderr, /HUBOT_JENKINS_CRYPTO_SECRET is not set/)
    assert.equal(jenkins.calls.length, 0)
  })

  it('says who was not tried when Jenkins cannot be reached, exit 6, and does them the next time', async () => {
    const {url} = jenkins
    process.env.HUBOT_JENKINS_URL = 'http://127.0.0.1:1/ci'
    const end = await run(people, '--json')
    assert.deepEqual([end.exitCode, outcomes(end)], [6, {U1: 'not-tried', U2: 'not-tried'}])
    process.env.HUBOT_JENKINS_URL = url
    assert.deepEqual(outcomes(await run(people, '--json')), {U1: 'imported', U2: 'imported'})
  })

  it('has nothing to do for a brain without credentials, and refuses what is no brain', async () => {
    const empty = await run(makeBrain({}, CRYPTO_SECRET))
    assert.equal(empty.exitCode, 0)
    assert.match(empty.stderr, /no Jenkins credentials in this brain/)
    for (const text of ['', 'no JSON', '[]', '{"users":[1]}', '{"users":{"U1":{"jenkins_auth":1}}}', 'null']) {
      assert.equal((await run(text)).exitCode, 2, text)
    }
  })

  it('names subjects as the script for Hubot does, and wants to know the adapter', async () => {
    const end = await home.run(['import', 'hubot-brain', '-', '--adapter', 'Slack Bot', '--json'], {stdin: people})
    assert.deepEqual(
      (parseJson(end) as Report).credentials.map(({subject}) => subject),
      ['slack-bot:U1', 'slack-bot:U2'],
    )
    assert.equal((await home.run(['import', 'hubot-brain', '-', '--adapter', ' '], {stdin: people})).exitCode, 2)
  })

  it('wants to know which Jenkins, exit 5', async () => {
    delete process.env.HUBOT_JENKINS_URL
    assert.equal((await run(people)).exitCode, 5)
  })
})
