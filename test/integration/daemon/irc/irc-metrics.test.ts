import assert from 'node:assert/strict'

import {Registry} from 'prom-client'

import {createChatMetrics} from '../../../../src/daemon/observe/chat-metrics.js'
import {SECOND_MS} from '../../../../src/model/time.js'
import {makeIrcScene, type IrcScene} from '../../../support/irc-scene.js'
import {parsePrometheusText, type Samples} from '../../../support/prometheus-text.js'
import {until} from '../../../support/until.js'

describe('the metrics of chat', () => {
  let registry: Registry
  let scene: IrcScene
  beforeEach(async () => {
    registry = new Registry()
    scene = await makeIrcScene({chatMetrics: createChatMetrics(registry)})
  })
  afterEach(() => scene.dispose())

  const read = async (): Promise<Samples> => parsePrometheusText(await registry.metrics())

  it('are there before anything happens, except what has a reason', async () => {
    assert.deepEqual(
      [...(await read())],
      [
        ['behalf_irc_connections{}', 0],
        ['behalf_irc_lines_total{direction="to-upstream"}', 0],
        ['behalf_irc_lines_total{direction="from-upstream"}', 0],
      ],
    )
  })

  it('tell who is in, what is passed on either way, what waits, and who is refused for what', async () => {
    const client = await scene.logIn('bot_one', await scene.issue())
    const welcomed = (await read()).get('behalf_irc_lines_total{direction="from-upstream"}') ?? 0
    client.send('PRIVMSG #room :one', 'PRIVMSG #room :two', 'PRIVMSG #room :three')
    await client.settle()
    const stranger = await scene.connect()
    stranger.send('PASS oauth:made-up', 'NICK bot_one')
    await stranger.closed()

    assert.equal(welcomed, 3)
    const samples = await read()
    assert.equal(samples.get('behalf_irc_connections{}'), 1)
    // The first message, and the PING of `settle` with its answer.
    assert.equal(samples.get('behalf_irc_lines_total{direction="to-upstream"}'), 2)
    assert.equal(samples.get('behalf_irc_lines_total{direction="from-upstream"}'), welcomed + 1)
    // Once told, however much waits.
    assert.equal(samples.get('behalf_irc_waits_total{kind="message"}'), 1)
    assert.equal(samples.get('behalf_irc_refusals_total{code="unauthenticated"}'), 1)

    client.send('QUIT')
    await until('it has left', async () => {
      scene.world.clock.advance(2 * SECOND_MS)
      return (await read()).get('behalf_irc_connections{}') === 0
    })
  })
})
