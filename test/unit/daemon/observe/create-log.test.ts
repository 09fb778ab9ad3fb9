import assert from 'node:assert/strict'

import {createLog} from '../../../../src/daemon/observe/create-log.js'
import {LOG_LEVELS, type LogLevel} from '../../../../src/model/log-level.js'
import {CapturedStream} from '../../../support/captured-stream.js'

const CALL = {
  apiTokenId: '4f8KpQ2z',
  actedAs: 'twitch:2002',
  method: 'GET',
  path: '/api/twitch/helix/users',
  status: 200,
  durationMs: 12.3456,
}

describe('the log', () => {
  function open(level: LogLevel) {
    const stream = new CapturedStream()
    const log = createLog({level, stream, now: () => 0})
    const read = async (): Promise<unknown[]> => {
      await log.close()
      const lines = stream.text.split('\n')
      assert.equal(lines.pop(), '')
      return lines.map((line) => JSON.parse(line) as unknown)
    }
    return {log, read}
  }

  it('writes a JSON line with level, time, fields and event', async () => {
    const {log, read} = open('info')
    log.warn('refresh', {account: 'twitch:2002', outcome: 'in-doubt'})
    const time = '1970-01-01T00:00:00.000Z'
    assert.deepEqual(await read(), [
      {level: 'warn', time, account: 'twitch:2002', outcome: 'in-doubt', event: 'refresh'},
    ])
  })

  it('keeps secrets out of fields and events', async () => {
    const {log, read} = open('info')
    log.info('Bearer made-up', {at: 'http://localhost/?code=made', accessToken: 'made up'})
    const [line] = await read()
    assert.ok(!JSON.stringify(line).includes('made'), JSON.stringify(line))
  })

  for (const [at, level] of LOG_LEVELS.entries()) {
    it(`writes at ${level} what is as weighty as that, and ${level === 'silent' ? 'no' : 'every'} call`, async () => {
      const {log, read} = open(level)
      log.debug('debug')
      log.info('info')
      log.warn('warn')
      log.error('error')
      log.audit(CALL)
      const events = (await read()).map((line) => (line as {event: string}).event)
      assert.deepEqual(events, level === 'silent' ? [] : [...LOG_LEVELS.slice(at, -1), 'call'])
    })
  }

  it('writes of a call who made it, as whom, what, and how it ended', async () => {
    const {log, read} = open('error')
    log.audit(CALL)
    const time = '1970-01-01T00:00:00.000Z'
    assert.deepEqual(await read(), [{level: 'info', time, ...CALL, durationMs: 12, event: 'call'}])
  })

  it('keeps a query and a token out of the path of a call', async () => {
    const {log, read} = open('info')
    log.audit({...CALL, path: '/callback?code=made'})
    log.audit({...CALL, path: '/made0up1made0up2made0up3made0u'})
    const paths = (await read()).map((line) => (line as {path: string}).path)
    assert.deepEqual(paths, ['/callback?[left out]', '/[secret]'])
  })

  it('writes texts of others on one line, whatever is in them', async () => {
    const {log, read} = open('info')
    log.info('odd', {text: 'a\n{"event":"forged"}\r\u0000\ud800"\\'})
    assert.equal((await read()).length, 1)
  })
})
