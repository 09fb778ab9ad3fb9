import assert from 'node:assert/strict'
import {mkdir} from 'node:fs/promises'
import {join} from 'node:path'

import {addTwitterCommand} from '../support/add-twitter.js'
import {watch} from '../support/e2e-run.js'
import {findFreePort} from '../support/free-port.js'
import {installHubot, startHubot, type RunningHubot} from '../support/hubot.js'
import {startJobServer, type JobServer} from '../support/job-server.js'
import {startOAuth1Server, type OAuth1Server} from '../support/oauth1-server.js'
import {makeHome, type ProgramHome} from '../support/program-home.js'

const TOKENS = {ada: 'made-up-jenkins-token-1', bob: 'made-up-jenkins-token-2'}

/** The package as it is published, in a Hubot that finds it by `external-scripts.json`. */
describe('behalf/hubot', function () {
  this.timeout(120_000)

  let home: ProgramHome
  let jenkins: JobServer
  let twitter: OAuth1Server
  let hubot: RunningHubot

  before(async () => {
    for (const [name, token] of Object.entries(TOKENS)) {
      watch.keep(`API token of ${name}`, token)
      watch.keep(`credential of ${name}`, `${name}:${token}`)
    }
    home = await makeHome()
    jenkins = await startJobServer({
      users: {...TOKENS},
      jobs: [{name: 'deploy', color: 'blue', parameters: {where: 'staging'}, builtBy: ['ada']}],
    })
    twitter = await startOAuth1Server()
    const {clientId = '', clientSecret} = twitter.provider
    const consumerSecret = clientSecret?.reveal() ?? ''
    watch.keep('consumer secret', consumerSecret)
    const added = await home.run(addTwitterCommand(twitter))
    assert.equal(added.exitCode, 0, added.stderr)
    const folder = join(home.path, 'bot')
    await mkdir(folder)
    await installHubot(folder, join(home.program.script, '../..'))
    hubot = await startHubot({
      folder,
      isInstalled: true,
      env: {
        HOME: home.path,
        HUBOT_JENKINS_URL: jenkins.url,
        HUBOT_TWITTER_CONSUMER_KEY: clientId,
        HUBOT_TWITTER_CONSUMER_SECRET: consumerSecret,
        EXPRESS_PORT: String(await findFreePort()),
      },
    })
  })
  after(async () => {
    await hubot.stop()
    watch.see('the output of Hubot', hubot.output())
    await Promise.all([jenkins.stop(), twitter.stop()])
    await home.remove()
  })

  it('lets two people act as themselves at once, through a store that commands see too', async () => {
    const act = async (user: string, name: keyof typeof TOKENS): Promise<string[]> => [
      ...(await hubot.say(user, `hubot jenkins build deploy, where=${user}`, {room: 'all'})),
      ...(await hubot.say(user, `hubot jenkins set auth ${name}:${TOKENS[name]}`)),
      ...(await hubot.say(user, `HUBOT j build deploy, where=${user}`, {room: 'all'})),
    ]
    const [ada, bob] = await Promise.all([act('U1', 'ada'), act('U2', 'bob')])
    assert.deepEqual(ada.slice(1), ['Saved jenkins credentials for U1', 'Build started for deploy'])
    assert.deepEqual(bob.slice(1), ['Saved jenkins credentials for U2', 'Jenkins says: you may not do that.'])
    for (const [first = ''] of [ada, bob]) assert.match(first, /^I have no Jenkins credentials of yours/)
    const builds = jenkins.calls.filter(({method}) => method === 'POST')
    assert.deepEqual(builds.map(({user, form}) => `${form[0]?.[1] ?? ''} is ${user}`).sort(), [
      'U1 is ada',
      'U2 is bob',
    ])

    const {stdout} = await home.run(['user', 'list', '--json'], {env: {HUBOT_JENKINS_URL: jenkins.url}})
    const {users} = JSON.parse(stdout) as {users: {subject: string; accounts: {login: string}[]}[]}
    assert.deepEqual(
      users.map(({subject, accounts}) => `${subject} ${accounts.map(({login}) => login).join()}`).sort(),
      ['chat:U1 ada', 'chat:U2 bob'],
    )
    await hubot.dumpBrain()
  })

  it('has tokens of Twitter that nobody gets to see', async () => {
    const [answer = ''] = await hubot.say('U1', 'hubot t setup auth', {room: 'all'})
    const decision = await twitter.decide(/http\S+/.exec(answer)?.[0] ?? '', 'ada')
    assert.ok(decision.kind === 'pin')
    assert.deepEqual(await hubot.say('U1', `hubot t auth ${decision.pin}`), ['You have authenticated'])
    const store = await home.openStore()
    const credential = (await store.accounts.get('twitter@chat:U1'))?.credential
    await store.close()
    assert.ok(credential?.kind === 'oauth1')
    watch.keep('token of Twitter', credential.token.reveal())
    watch.keep('token secret of Twitter', credential.tokenSecret.reveal())
    assert.match((await hubot.say('U1', 'hubot t tweet hello', {room: 'all'}))[0] ?? '', /^Tweeted as @ada/)
    twitter.revoke('ada')
    await hubot.say('U1', 'hubot t tweet hello', {room: 'all', answers: 2})
    await hubot.dumpBrain()
  })
})
