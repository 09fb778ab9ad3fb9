import assert from 'node:assert/strict'

import {makeCommandHome, type CommandHome} from '../../support/command-home.js'
import {startJobServer, type JobServer} from '../../support/job-server.js'
import {parseJson} from '../../support/run-command.js'

const VARIABLES = ['HUBOT_JENKINS_URL', 'HUBOT_TWITTER_CONSUMER_KEY', 'HUBOT_TWITTER_CONSUMER_SECRET']

describe('the providers of a Hubot', () => {
  let home: CommandHome
  let jenkins: JobServer

  beforeEach(async () => {
    jenkins = await startJobServer({users: {ada: 'made-up-api-token'}})
    home = await makeCommandHome({client: 'none'})
    process.env.HUBOT_JENKINS_URL = jenkins.url
    process.env.HUBOT_TWITTER_CONSUMER_KEY = 'made-up-key'
    process.env.HUBOT_TWITTER_CONSUMER_SECRET = 'made-up-consumer-secret'
  })
  afterEach(async () => {
    for (const name of VARIABLES) Reflect.deleteProperty(process.env, name)
    await home.remove()
    await jenkins.stop()
  })

  const json = async (...argv: string[]): Promise<Record<string, unknown>> =>
    parseJson(await home.run([...argv, '--json'])) as Record<string, unknown>

  it('are there for commands too, from the environment alone', async () => {
    const {providers} = (await json('provider', 'list')) as {providers: {name: string}[]}
    assert.deepEqual(
      providers.map(({name}) => name),
      ['jenkins', 'twitter'],
    )
    const shown = await home.run(['provider', 'show', 'twitter'])
    assert.match(shown.stdout, /made-up-key/)
    assert.match(shown.stdout, /https:\/\/api\.x\.com\/oauth\/request_token/)
    assert.doesNotMatch(shown.stdout, /made-up-consumer-secret/)
  })

  it('take what `user link` is given, as the bot would', async () => {
    const end = await home.run(['user', 'link', 'slack:U1', '--provider', 'jenkins', '--basic'], {
      stdin: 'ada:made-up-api-token',
    })
    assert.equal(end.exitCode, 0, end.stderr)
    assert.deepEqual(
      jenkins.calls.map(({user, path}) => [user, path]),
      [['ada', '/me/api/json']],
    )
  })

  it('give way to one that was added by hand', async () => {
    process.env.HUBOT_JENKINS_URL = 'http://127.0.0.1:1/elsewhere'
    const added = await home.run([
      ...['provider', 'add', 'jenkins', '--credential', 'basic', '--api-url', jenkins.url],
      ...['--userinfo-url', `${jenkins.url}/me/api/json`, '--identity-member', 'user-id=id'],
    ])
    assert.equal(added.exitCode, 0, added.stderr)
    assert.match((await home.run(['provider', 'show', 'jenkins'])).stdout, new RegExp(jenkins.url))
  })
})
