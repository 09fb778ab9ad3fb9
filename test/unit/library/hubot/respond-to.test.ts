import assert from 'node:assert/strict'

import type {Behalf} from '../../../../src/library/behalf.js'
import {createNotices} from '../../../../src/library/hubot/create-notices.js'
import {createJenkins} from '../../../../src/library/hubot/create-jenkins.js'
import {respondTo} from '../../../../src/library/hubot/respond-to.js'
import type {Chat, Message, Robot} from '../../../../src/library/hubot/robot.js'
import {createTwitter} from '../../../../src/library/hubot/create-twitter.js'
import {BehalfError, ERROR_CODES} from '../../../../src/model/behalf-error.js'

/** One of each command, as it is said. */
const SAID = [
  't setup auth',
  't auth 1234567',
  't search x',
  't tweet x',
  't clear my credentials',
  'jenkins set auth ada:made-up-token',
  'jenkins auth',
  'jenkins auth clear',
  'jenkins list',
  'jenkins ls x',
  'jenkins build x',
  'jenkins build x, a=b',
  'jenkins describe x',
  'jenkins last x',
]

describe('respondTo', () => {
  /** @param opening what there is of behalf; the rest of it is never called. */
  function makeBot(opening: Promise<Partial<Behalf>>) {
    const log: string[] = []
    const listeners: {matcher: (message: Message) => unknown; callback: (chat: Chat) => Promise<void>}[] = []
    const write = (line: string): unknown => log.push(line)
    const robot: Robot = {
      name: 'Droid',
      adapterName: 'chat',
      brain: {get: () => null, set: () => undefined, on: () => undefined},
      logger: {info: write, warn: write, error: write},
      helpStrings: [],
      commands: {getCommand: () => undefined, register: () => undefined},
      respondPattern: (pattern) => new RegExp(`^droid\\s+(?:${pattern.source})`, pattern.flags),
      listen: (matcher, _options, callback) => void listeners.push({matcher, callback}),
      send: () => Promise.resolve(),
    }
    const notices = createNotices(robot)
    const options = {adapter: 'chat', isPrivate: () => true}
    const opened = opening.then((behalf) => ({behalf: behalf as Behalf, callbackUrl: undefined}))
    opened.catch(() => undefined)
    for (const service of [createTwitter(), createJenkins()]) {
      for (const command of service.commands) {
        respondTo(robot, {service, command, options, notices, opening: opened})
      }
    }
    async function say(text: string): Promise<string[]> {
      const said: string[] = []
      const user = {id: 'U1'}
      const message: Message = {user, match: (pattern) => `Droid ${text}`.match(pattern)}
      for (const {matcher, callback} of listeners) {
        const match = matcher(message)
        if (!match) continue
        const send = (...texts: string[]): Promise<unknown> => Promise.resolve(said.push(...texts))
        await callback({message, match: match as RegExpMatchArray, envelope: {user}, send, finish: () => undefined})
      }
      return said
    }
    return {say, log}
  }

  const flow = {flowId: 'f', authorizationUrl: 'https://twitter.example/authorize', expiresAt: 0}

  function requireAnswer(texts: string[], what: string): void {
    assert.ok(texts.length > 0, what)
    for (const text of texts) assert.match(text, /\S/, what)
    assert.doesNotMatch(texts.join('\n'), /undefined|\[object|made-up-token|behalf user unlink/, what)
  }

  it('answers once, whatever way behalf fails, without the hints that are for a shell', async () => {
    for (const code of ERROR_CODES) {
      const fail = () =>
        Promise.reject(new BehalfError(code, 'A made-up reason.', {hint: 'behalf user unlink slack:U1'}))
      const behalf = {startFlow: fail, getAccount: fail, linkCredential: fail, unlink: fail, fetch: fail}
      const {say, log} = makeBot(Promise.resolve({...behalf, processRedirect: fail}))
      const {say: sayWithFlows, log: logWithFlows} = makeBot(
        Promise.resolve({...behalf, processRedirect: fail, startFlow: () => Promise.resolve(flow)}),
      )
      for (const text of SAID) {
        requireAnswer(await say(text), `${code}: ${text}`)
        requireAnswer(await sayWithFlows(text), `${code}: ${text}`)
      }
      assert.equal([...log, ...logWithFlows].join().includes('made-up-token'), false)
    }
  })

  it('answers when behalf cannot be opened at all, and when there is a fault in it', async () => {
    for (const error of [new BehalfError('configuration', 'No.'), new TypeError('x of undefined'), 'odd']) {
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what code of others may do
      const {say, log} = makeBot(Promise.reject(error))
      for (const text of SAID) {
        assert.deepEqual(await say(text), ['Something went wrong on my side. My log says what.'])
      }
      assert.equal(log.length, SAID.length)
    }
  })

  it('answers to whatever a service may say, and asks for a new credential at 401 alone', async () => {
    const bodies = [
      '',
      'no JSON',
      'null',
      '[]',
      '{}',
      '{"jobs":1}',
      '{"statuses":[{}]}',
      '{"errors":[]}',
      '<title> </title>',
    ]
    for (const status of [200, 302, 400, 401, 403, 404, 429, 500, 503]) {
      for (const body of bodies) {
        const fetch = () => Promise.resolve(new Response(body, {status}))
        const {say} = makeBot(Promise.resolve({fetch, startFlow: () => Promise.resolve(flow)}))
        for (const text of SAID.filter((one) => !/auth|clear/.test(one))) {
          const texts = await say(text)
          requireAnswer(texts, `${String(status)} ${body}: ${text}`)
          assert.equal(texts.join('\n').includes('no longer takes'), status === 401, texts.join('\n'))
        }
      }
    }
  })

  it('has Twitter’s own words', async () => {
    const body = '{"errors":[{"code":453,"message":"You currently have access to a subset."},{"message":"So."}]}'
    const {say} = makeBot(Promise.resolve({fetch: () => Promise.resolve(new Response(body, {status: 403}))}))
    assert.deepEqual(await say('t tweet x'), ['Twitter says: You currently have access to a subset. So.'])
  })
})
