import assert from 'node:assert/strict'
import type {IncomingMessage, ServerResponse} from 'node:http'
import {text} from 'node:stream/consumers'
import {gzipSync} from 'node:zlib'

import {tokensOf} from '../../support/tokens-of.js'
import {makeUpstreamScene, type UpstreamScene, type UpstreamSceneOptions} from '../../support/upstream-scene.js'
import {until} from '../../support/until.js'

describe('a token that the API refuses', () => {
  let scene: UpstreamScene

  /** An API that takes none but refreshed tokens, and says what it was sent. */
  async function open(
    refuse: (response: ServerResponse, request: IncomingMessage) => void,
    options?: UpstreamSceneOptions,
  ): Promise<void> {
    scene = await makeUpstreamScene(options)
    scene.answer((request, response) => {
      void text(request).then((body) => {
        if (request.headers.authorization?.startsWith('Bearer made-up-new-token'))
          response.end(`taken: ${String(body.length)}`)
        else refuse(response, request)
      })
    })
  }

  const refuseToken = (response: ServerResponse): unknown =>
    response.writeHead(401, {'WWW-Authenticate': 'Bearer error="invalid_token"'}).end('{"message":"no"}')

  const post = (body: string | ReadableStream) =>
    scene.call('/api/example/items', {method: 'POST', body, duplex: 'half'})

  afterEach(() => scene.dispose())

  it('is refreshed once, and the call repeated with its body', async () => {
    await open(refuseToken)
    for (const bytes of [0, 10, 64 * 1024, 64 * 1024 + 1]) {
      assert.equal(await (await post('x'.repeat(bytes))).text(), `taken: ${String(bytes)}`)
    }
    assert.equal(scene.refreshes(), 1)
    assert.equal(scene.received.length, 5)
  })

  it('is repeated with a body of up to 1 MiB that came piece by piece', async () => {
    await open(refuseToken)
    const bytes = 1024 * 1024
    assert.equal(await (await post(new Blob(['x'.repeat(bytes)]).stream())).text(), `taken: ${String(bytes)}`)
    assert.equal(scene.received.length, 2)
  })

  it('is refreshed, and the API’s own 401 passes, when the body was larger than that', async () => {
    await open(refuseToken)
    const first = await post(new Blob(['x'.repeat(1024 * 1024 + 1)]).stream())
    assert.deepEqual([first.status, await first.text()], [401, '{"message":"no"}'])
    assert.equal(first.headers.get('x-behalf-error'), null)
    assert.equal(first.headers.get('www-authenticate'), 'Bearer error="invalid_token"')
    assert.equal(scene.refreshes(), 1)
    assert.equal((await post('again')).status, 200)
  })

  it('passes with a word of ours when the account needs a login: no other API token would help', async () => {
    await open(refuseToken)
    const since = scene.world.clock.now()
    await scene.world.store.accounts.update(scene.account.key, (account) => ({
      ...account,
      state: {kind: 'login-needed', reason: 'rejected', since},
    }))
    const answer = await post('x')
    assert.deepEqual([answer.status, await answer.text()], [401, '{"message":"no"}'])
    assert.equal(answer.headers.get('x-behalf-error'), 'login-needed')
    assert.equal(scene.refreshes(), 0)
  })

  it('is what a 401 is about that names no error, as GitHub’s', async () => {
    await open((response) => response.writeHead(401).end('{"message":"Bad credentials"}'))
    assert.equal((await post('{}')).status, 200)
  })

  it('is not what a 401 is about that names another error', async () => {
    await open((response) =>
      response.writeHead(401, {'WWW-Authenticate': 'Bearer realm="x", error="insufficient_scope"'}).end('no'),
    )
    assert.equal((await post('{}')).status, 401)
    assert.equal(scene.refreshes(), 0)
  })

  it('is not looked for in an answer that is no 401, nor in a long one', async () => {
    await open((response) => response.writeHead(403).end('{"message":"Invalid OAuth token"}'))
    assert.equal((await post('{}')).status, 403)
    const long = 'x'.repeat(200_000)
    scene.answer((_request, response) => response.writeHead(401).end(long))
    assert.equal(await (await post('{}')).text(), long)
    assert.equal(scene.refreshes(), 0)
  })

  it('is known to Helix by its words alone, compressed or not', async () => {
    await open(() => undefined, {provider: {name: 'twitch', dialect: 'twitch'}})
    const say = (message: string, isZipped: boolean): void => {
      const body = Buffer.from(JSON.stringify({error: 'Unauthorized', status: 401, message}))
      scene.answer((request, response) => {
        if (request.headers.authorization?.startsWith('Bearer made-up-new-token')) response.end('{}')
        else if (isZipped) response.writeHead(401, {'Content-Encoding': 'gzip'}).end(gzipSync(body))
        else response.writeHead(401).end(body)
      })
    }
    const path = '/api/twitch/helix/users'
    for (const message of ['Missing scope: bits:read', 'Client ID and OAuth token do not match', '']) {
      say(message, false)
      const response = await scene.call(path)
      assert.deepEqual([response.status, ((await response.json()) as {message: string}).message], [401, message])
    }
    assert.equal(scene.refreshes(), 0)
    say('Invalid OAuth token', true)
    assert.equal((await scene.call(path)).status, 200)
    assert.equal(scene.refreshes(), 1)
    const {'client-id': clientId, authorization} = scene.received.at(-1)?.headers ?? {}
    assert.deepEqual([clientId, authorization], ['made-up-client', 'Bearer made-up-new-token-1'])
  })

  it('is refreshed to the end though nobody waits for the answer any more', async () => {
    await open(() => undefined)
    const controller = new AbortController()
    scene.answer((_request, response) => {
      refuseToken(response)
      controller.abort()
    })
    await scene.call('/api/example/items', {signal: controller.signal}).catch(() => undefined)
    await until('it is saved', async () => {
      const account = await scene.world.store.accounts.get(scene.account.key)
      return tokensOf(account).accessToken.reveal() === 'made-up-new-token-1'
    })
    await until('it is noted', () => scene.daemon.audited.at(-1)?.status === 499)
    assert.equal(scene.received.length, 1)
  })
})
