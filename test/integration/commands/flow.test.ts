import assert from 'node:assert/strict'

import type {Flow} from '../../../src/model/flow.js'
import {Secret} from '../../../src/model/secret.js'
import {makeCommandHome, type CommandHome} from '../../support/command-home.js'
import {withHomeStore} from '../../support/open-home-store.js'
import {parseJson} from '../../support/run-command.js'

describe('flow', () => {
  let home: CommandHome
  before(async () => {
    home = await makeCommandHome()
  })
  after(() => home.remove())

  const makeFlow = (): Flow => ({
    id: 'waits',
    state: new Secret('made-up-state'),
    provider: 'twitch',
    role: 'user',
    subject: 'slack:U02AB',
    scopes: [],
    redirectUri: 'http://localhost:8420/callback',
    createdAt: Date.now(),
    expiresAt: Date.now() + 600_000,
  })

  beforeEach(() =>
    withHomeStore(home, async ({flows}) => {
      await flows.put(makeFlow())
      await flows.put({...makeFlow(), id: 'killed', createdAt: 1, expiresAt: 2})
    }),
  )

  it('list says how far each has come, and nothing secret', async () => {
    const {stdout} = await home.run(['flow', 'list'])
    assert.match(stdout, /^waits +twitch +slack:U02AB +waits for the callback /m)
    assert.match(stdout, /^killed +twitch +slack:U02AB +failed: Nobody finished it in time\. /m)
    assert.doesNotMatch(stdout, /made-up-state/)
    const flows = (parseJson(await home.run(['flow', 'list', '--json'])) as {flows: {flow_id: string}[]}).flows
    assert.deepEqual(
      flows.map(({flow_id: id}) => id),
      ['killed', 'waits'],
    )
  })

  it('collect forgets what has expired, with a line each, and with --force what waits too', async () => {
    const line = 'Collected killed (twitch, slack:U02AB), which had failed.\n'
    assert.equal((await home.run(['flow', 'collect'])).stdout, line)
    assert.equal((await home.run(['flow', 'collect'])).stdout, '')
    const forced = await home.run(['flow', 'collect', '--force'])
    assert.equal(forced.stdout, 'Collected waits (twitch, slack:U02AB), which was still waiting.\n')
    assert.match((await home.run(['flow', 'list'])).stderr, /Nobody is logging in\./)
  })
})
