import assert from 'node:assert/strict'
import {mkdir} from 'node:fs/promises'
import {join} from 'node:path'

import {watch} from '../support/e2e-run.js'
import {findFreePort} from '../support/free-port.js'
import {installHubot, startHubot, type RunningHubot} from '../support/hubot.js'
import {startJobServer, type JobServer} from '../support/job-server.js'
import {makeHome, type ProgramHome} from '../support/program-home.js'

const TOKENS = {ada: 'made-up-jenkins-token-1', bob: 'made-up-jenkins-token-2'}

/** The package as it is published, in a Hubot that finds it by `external-scripts.json`. */
describe('behalf/hubot', function () {
  this.timeout(120_000)

  let home: ProgramHome
  let jenkins: JobServer
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
    const folder = join(home.path, 'bot')
    await mkdir(folder)
    await installHubot(folder, join(home.program.script, '../..'))
    hubot = await startHubot({
      folder,
      isInstalled: true,
      env: {
        HOME: home.path,
        HUBOT_JENKINS_URL: jenkins.url,
        EXPRESS_PORT: String(await findFreePort()),
      },
    })
  })
  after(async () => {
    await hubot.stop()
    watch.see('the output of Hubot', hubot.output())
    await jenkins.stop()
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
})
