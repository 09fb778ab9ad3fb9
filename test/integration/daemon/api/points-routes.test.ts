import assert from 'node:assert/strict'

import fc from 'fast-check'

import type {ApiScene, CallOptions} from '../../../support/api-scene.js'
import type {BrokerWorld} from '../../../support/broker-world.js'
import type {SeenAnswer} from '../../../support/expect-described.js'

const POINTS = '/api/v1/points/'
const BOB = '/api/v1/points/bob'
const KEY = 'made-up-key-1'

describe('the points of the API', () => {
  let world: BrokerWorld
  let scene: ApiScene
  let bot: string
  let writer: string
  let reader: string

  beforeEach(async () => {
    // The ledger is loaded when it is first used: under mocha what is imported statically has another copy of the errors.
    const {makeBrokerWorld} = await import('../../../support/broker-world.js')
    const {startApi} = await import('../../../support/api-scene.js')
    world = await makeBrokerWorld()
    scene = await startApi(world.deps, {hasDoor: true})
    bot = await scene.issue(['points:read', 'points:write'])
    writer = await scene.issue(['points:write'])
    reader = await scene.issue(['points:read'])
  })
  afterEach(async () => {
    await scene.stop()
    await world.dispose()
  })

  const put = (target: string, body?: object | string, options: CallOptions = {}): Promise<SeenAnswer> =>
    scene.call('PUT', target, {token: bot, ...(body !== undefined && {body}), ...options})
  const get = (target: string, token = bot): Promise<SeenAnswer> => scene.call('GET', target, {token})
  const withKey = (key: string): CallOptions => ({headers: {'idempotency-key': key}})
  const give = (user: string, points: number, options?: CallOptions) => put(POINTS, {user, points}, options)
  const messageOf = ({json}: SeenAnswer) => (json as {message: string}).message
  const balanceOf = async (user: string) =>
    ((await get(`/api/v1/points/${encodeURIComponent(user)}`)).json as {data: {user: {points: string}}}).data.user
      .points
  const historyOf = async (user: string) =>
    ((await get(`/api/v1/points/${user}/history`)).json as {data: {changes: Record<string, string>[]}}).data.changes

  describe('PUT /api/v1/points/', () => {
    it('adds, and answers with the new balance as a text, in the envelope', async () => {
      const {status, json} = await give('bob', 5)
      const user = {name: 'bob', points: '5'}
      const message = 'Successfully added 5 points to bob'
      assert.deepEqual([status, json], [200, {code: '200', message, error: 'false', user, data: {user}}])
      assert.equal(messageOf(await give('bob', 1)), 'Successfully added 1 points to bob')
      assert.equal(await balanceOf('bob'), '6')
    })

    it('takes away what is negative, and says how many without a sign', async () => {
      await give('bob', 5)
      const {status, json} = await give('bob', -3)
      assert.deepEqual([status, messageOf({json} as SeenAnswer)], [200, 'Successfully removed 3 points from bob'])
      assert.equal(await balanceOf('bob'), '2')
    })

    it('adds nothing where it is told to', async () => {
      assert.equal(messageOf(await give('bob', 0)), 'Successfully added 0 points to bob')
      assert.equal(
        messageOf(await put(POINTS, '{"user":"bob","points":-0}', JSON_BODY)),
        'Successfully added 0 points to bob',
      )
      assert.equal(await balanceOf('bob'), '0')
    })

    it('takes one user for the same in any case and with an @, and names them as the caller does', async () => {
      assert.equal(messageOf(await give('@Bob', 5)), 'Successfully added 5 points to @Bob')
      assert.equal(messageOf(await give(' BOB ', 5)), 'Successfully added 5 points to BOB')
      assert.equal(await balanceOf('bob'), '10')
    })

    it('says a name on one line, for bots say it in a chat', async () => {
      assert.equal(messageOf(await give('@\r\nQUIT', 5)), 'Successfully added 5 points to @ QUIT')
      assert.equal(
        messageOf(await put('/api/v1/points/@%20quit', {points: 5})),
        'Successfully set the points of @ quit to 5',
      )
    })

    for (const points of ['9007199254740991', '-9007199254740991']) {
      it(`counts up to ${points}, and no further`, async () => {
        const body = {user: 'bob', points, allow_negative: true}
        assert.equal((await put(POINTS, body)).status, 200)
        const {status, headers} = await put(POINTS, {...body, points: points.startsWith('-') ? -1 : 1})
        assert.deepEqual([status, headers.get('x-behalf-error')], [409, 'points-out-of-range'])
        assert.equal(await balanceOf('bob'), points)
      })
    }

    it('refuses with 409 to take more than there is, says how much there is, and changes nothing', async () => {
      await give('bob', 5)
      const {status, json, headers} = await give('bob', -6)
      assert.deepEqual([status, headers.get('x-behalf-error')], [409, 'points-insufficient'])
      const {code, error, data, user} = json as Record<string, unknown>
      const balance = {name: 'bob', points: '5'}
      assert.deepEqual([code, error, data, user], ['409', 'true', {user: balance}, balance])
      assert.equal(await balanceOf('bob'), '5')
      assert.equal((await historyOf('bob')).length, 1)
    })

    it('takes more than there is with allow_negative', async () => {
      for (const allow of [true, 'true', '1']) {
        assert.equal((await put(POINTS, {user: 'bob', points: -1, allow_negative: allow})).status, 200)
      }
      assert.equal((await put(POINTS, {user: 'bob', points: -1, allow_negative: false})).status, 409)
      assert.equal(await balanceOf('bob'), '-3')
      assert.equal((await put(POINTS, {user: 'bob', points: -1, allow_negative: 'yes'})).status, 400)
    })

    it('keeps who made the change, when and why', async () => {
      await put(POINTS, {user: 'bob', points: 5, why: 'won the raffle'})
      const [{sequence, ...change} = {}] = await historyOf('bob')
      const at = new Date(world.clock.now()).toISOString()
      const by = bot.split('_')[1]
      assert.match(sequence ?? '', /^\d+$/)
      assert.deepEqual(change, {at, change: '5', points: '5', why: 'won the raffle', by})
    })

    for (const [what, body] of [
      ['nothing', {}],
      ['no user', {points: 5}],
      ['no points', {user: 'bob'}],
      ['an empty user', {user: ' ', points: 5}],
      ['a user that is an @', {user: '@', points: 5}],
      ['a user with a line break', {user: 'bob\nalice', points: 5}],
      ['a user with what turns text', {user: 'bob\u202eecila', points: 5}],
      ['half a character', '{"user":"\\ud800","points":5}'],
      ['a user of 129 characters', {user: 'x'.repeat(129), points: 5}],
      ['a user that is none', {user: null, points: 5}],
      ['several users', {user: ['bob', 'alice'], points: 5}],
      ['a part of a point', {user: 'bob', points: 1.5}],
      ['too many', '{"user":"bob","points":9007199254740992}'],
      ['what JSON cannot tell from another', '{"user":"bob","points":9007199254740993}'],
      ['an exponent in a text', {user: 'bob', points: '1e3'}],
      ['a plus', {user: 'bob', points: '+5'}],
      ['a hexadecimal number', {user: 'bob', points: '0x5'}],
      ['no number', {user: 'bob', points: 'five'}],
      ['an empty number', {user: 'bob', points: ''}],
      ['true', {user: 'bob', points: true}],
      ['a reason of 501 characters', {user: 'bob', points: 5, why: 'x'.repeat(501)}],
      ['a reason of two lines', {user: 'bob', points: 5, why: 'a\nb'}],
      ['a field that nobody knows', {user: 'bob', points: 5, role: 'owner'}],
      ['two that differ', '{"user":"bob","points":5,"points":500}'],
      ['no object', '[]'],
      ['no JSON', '{"user":'],
    ] as const) {
      it(`answers 400 for ${what}, and counts nothing`, async () => {
        const {status, text} = await put(POINTS, body, JSON_BODY)
        assert.equal(status, 400, text)
        assert.deepEqual((await get('/api/v1/points')).json, EMPTY_TOP)
      })
    }

    it('answers 413 for more than a mebibyte, and 400 for a little less of nonsense', async () => {
      const bodyOf = (length: number) => JSON.stringify({user: 'bob', points: 5, why: 'x'.repeat(length)})
      assert.equal((await put(POINTS, bodyOf(1 << 20), JSON_BODY)).status, 413)
      assert.equal((await put(POINTS, bodyOf((1 << 20) - 100), JSON_BODY)).status, 400)
    })

    for (const type of ['text/plain', 'multipart/form-data; boundary=x', 'application/xml']) {
      it(`answers 415 for a body of ${type}, although the query says it all`, async () => {
        const {status} = await put(`${POINTS}?user=bob&points=5`, 'x', {headers: {'content-type': type}})
        assert.equal(status, 415)
        assert.equal(await balanceOf('bob'), '0')
      })
    }

    it('answers 415 for a body that is compressed, 400 for one that is not UTF-8', async () => {
      const packed = {headers: {...JSON_BODY.headers, 'content-encoding': 'gzip'}}
      assert.equal((await put(POINTS, '{"user":"bob","points":5}', packed)).status, 415)
      const form = {headers: {'content-type': 'application/x-www-form-urlencoded'}}
      assert.equal((await put(POINTS, 'user=%ff&points=5', form)).status, 400)
      assert.equal((await put(`${POINTS}?user=%ff&points=5`)).status, 400)
    })

    it('answers whatever is sent with what is described, and counts what it says', async () => {
      const pair = fc.oneof(
        {weight: 6, arbitrary: fc.constantFrom(['user', 'bob'], ['points', '5'], ['points', '-2'])},
        {weight: 1, arbitrary: fc.tuple(fc.constantFrom('user', 'points', 'why'), fc.string())},
      )
      const formOf = (pairs: readonly (readonly string[])[]) =>
        pairs.map(([name = '', value = '']) => `${name}=${encodeURIComponent(value)}`).join('&')
      const jsonOf = (pairs: (readonly string[])[]) =>
        `{${pairs.map(([name = '', value = '']) => `"${name}":${JSON.stringify(value)}`).join()}}`
      const body = fc
        .array(pair, {maxLength: 3})
        .chain((pairs) =>
          fc.constantFrom(
            ['application/json', jsonOf(pairs)],
            ['application/x-www-form-urlencoded', formOf(pairs)],
            ['application/json', formOf(pairs)],
            ['text/plain', jsonOf(pairs)],
          ),
        )
      let said = 0
      await fc.assert(
        fc.asyncProperty(fc.array(pair, {maxLength: 2}), body, async (query, [type = '', text = '']) => {
          const {status, json} = await put(`${POINTS}?${formOf(query)}`, text, {headers: {'content-type': type}})
          assert.ok([200, 400, 409, 415].includes(status), String(status))
          const [, verb, points] =
            /^Successfully (added|removed) (\d+) points (?:to|from) bob$/.exec(messageOf({json} as SeenAnswer)) ?? []
          said += status === 200 ? Number(points ?? 0) * (verb === 'added' ? 1 : -1) : 0
        }),
        {numRuns: 100},
      )
      assert.equal(await balanceOf('bob'), String(said))
    })

    it('is not for pages from elsewhere', async () => {
      const {status} = await put(POINTS, {user: 'bob', points: 5}, {headers: {origin: 'https://elsewhere.example'}})
      assert.equal(status, 403)
      assert.equal(await balanceOf('bob'), '0')
    })

    it('counts each of many that come at once', async () => {
      const answers = await Promise.all(Array.from({length: 40}, (_, index) => give('bob', index % 2 === 0 ? 5 : -1)))
      const refused = answers.filter(({status}) => status === 409).length
      assert.ok(answers.every(({status}) => status === 200 || status === 409))
      assert.equal(await balanceOf('bob'), String(100 - (20 - refused)))
    })
  })

  describe('an Idempotency-Key', () => {
    it('makes a repeated request count once, and answers it as the first', async () => {
      const first = await give('bob', 5, withKey(KEY))
      await give('bob', 1)
      const second = await give('bob', 5, withKey(`"${KEY}"`))
      assert.deepEqual([second.status, second.text], [first.status, first.text])
      assert.equal(await balanceOf('bob'), '6')
    })

    it('counts once for two at the same moment', async () => {
      const answers = await Promise.all(Array.from({length: 8}, () => give('bob', 5, withKey(KEY))))
      assert.deepEqual([...new Set(answers.map(({text}) => text))].length, 1)
      assert.equal(await balanceOf('bob'), '5')
    })

    it('says the same by JSON, form and query', async () => {
      await give('bob', 5, withKey(KEY))
      const form = {'content-type': 'application/x-www-form-urlencoded', 'idempotency-key': KEY}
      assert.equal((await put('/api/v1/points', 'user=bob&points=5', {headers: form})).status, 200)
      assert.equal((await put('/api/v1/points?user=bob&points=5', undefined, withKey(KEY))).status, 200)
      assert.equal(await balanceOf('bob'), '5')
    })

    for (const [what, target, body] of [
      ['another number', POINTS, {user: 'bob', points: 6}],
      ['another user', POINTS, {user: 'alice', points: 5}],
      ['another reason', POINTS, {user: 'bob', points: 5, why: 'x'}],
      ['another way', BOB, {points: 5}],
    ] as const) {
      it(`is refused with 422 for ${what}`, async () => {
        await give('bob', 5, withKey(KEY))
        const {status, headers} = await put(target, body, withKey(KEY))
        assert.deepEqual([status, headers.get('x-behalf-error')], [422, 'idempotency-key-reused'])
        assert.deepEqual([await balanceOf('bob'), await balanceOf('alice')], ['5', '0'])
      })
    }

    it('is each API token’s own', async () => {
      await give('bob', 5, withKey(KEY))
      assert.equal((await give('bob', 7, {token: writer, ...withKey(KEY)})).status, 200)
      assert.equal(await balanceOf('bob'), '12')
    })

    it('is free again after a day', async () => {
      await give('bob', 5, withKey(KEY))
      world.clock.advance(24 * 3600 * 1000)
      assert.equal((await give('bob', 7, withKey(KEY))).status, 200)
      assert.equal(await balanceOf('bob'), '12')
    })

    it('counts after a refusal, which changed nothing', async () => {
      assert.equal((await give('bob', -5, withKey(KEY))).status, 409)
      await give('bob', 5)
      assert.equal((await give('bob', -5, withKey(KEY))).status, 200)
      assert.equal(await balanceOf('bob'), '0')
    })

    for (const key of ['', '""', 'two words', 'a, b', 'x'.repeat(256)]) {
      it(`answers 400 for “${key.slice(0, 20)}”, and counts nothing`, async () => {
        assert.equal((await give('bob', 5, withKey(key))).status, 400)
        assert.equal(await balanceOf('bob'), '0')
      })
    }
  })

  describe('PUT /api/v1/points/<user>', () => {
    it('sets the balance', async () => {
      await give('bob', 5)
      const {status, json} = await put(BOB, {points: '42'})
      const user = {name: 'bob', points: '42'}
      const message = 'Successfully set the points of bob to 42'
      assert.deepEqual([status, json], [200, {code: '200', message, error: 'false', user, data: {user}}])
      assert.deepEqual(
        (await historyOf('bob')).map(({change}) => change),
        ['37', '5'],
      )
    })

    it('sets none below zero unless it is allowed to', async () => {
      assert.equal((await put(BOB, {points: -1})).status, 409)
      assert.equal((await put(`${BOB}?allow_negative=1`, {points: -1})).status, 200)
      assert.equal(await balanceOf('bob'), '-1')
    })

    it('takes no user in the body, and needs points', async () => {
      assert.equal((await put(BOB, {user: 'alice', points: 5})).status, 400)
      assert.equal((await put(BOB, {})).status, 400)
      assert.equal((await put(BOB)).status, 400)
    })
  })

  describe('GET /api/v1/points/<user>', () => {
    it('answers with the balance, 0 for who never had any', async () => {
      await give('bob', 1)
      const user = {name: 'bob', points: '1'}
      const one = {code: '200', message: 'bob has 1 point', error: 'false', user, data: {user}}
      assert.deepEqual((await get('/api/v1/points/%40BOB')).json, one)
      assert.equal(messageOf(await get('/api/v1/points/nobody')), 'nobody has 0 points')
    })

    it('answers HEAD too', async () => {
      const {status, text} = await scene.call('HEAD', BOB, {token: bot})
      assert.deepEqual([status, text], [200, ''])
    })

    it('decodes the name once', async () => {
      await give('zoë & co', 5)
      await give('a+b', 7)
      assert.equal((await get('/api/v1/points/zo%C3%AB%20%26%20co')).status, 200)
      assert.deepEqual([await balanceOf('zoë & co'), await balanceOf('a+b')], ['5', '7'])
      assert.equal(messageOf(await get('/api/v1/points/a+b')), 'a+b has 7 points')
    })

    for (const name of ['a%2Fb', 'a%5Cb', 'a%25b', 'bob%00', 'bob%0A', '%ff', '%', '%zz', '%E0%80%80', '%20']) {
      it(`answers 400 for ${name}`, async () => {
        assert.equal((await get(`/api/v1/points/${name}`)).status, 400)
        assert.equal((await get(`/api/v1/points/${name}/history`)).status, 400)
        assert.equal((await put(`/api/v1/points/${name}`, {points: 1})).status, 400)
      })
    }
  })

  describe('GET /api/v1/points', () => {
    it('lists who has most first', async () => {
      for (const [user, points] of [
        ['bob', 5],
        ['alice', 7],
        ['carol', 5],
        ['dave', 1],
      ] as const)
        await give(user, points)
      const {json} = await get('/api/v1/points?top=3')
      const users = [
        {name: 'alice', points: '7'},
        {name: 'bob', points: '5'},
        {name: 'carol', points: '5'},
      ]
      assert.deepEqual(json, {code: '200', message: '3 users', error: 'false', users, data: {users}})
      assert.equal(messageOf(await get('/api/v1/points/?top=1000')), '4 users')
    })

    it('lists ten unless asked for more', async () => {
      for (let index = 0; index < 12; index += 1) await give(`user${String(index)}`, 1)
      assert.equal(messageOf(await get('/api/v1/points')), '10 users')
    })

    for (const query of ['top=0', 'top=-1', 'top=1001', 'top=1e2', 'top=', 'top=1&top=2', 'top=ten']) {
      it(`answers 400 for ${query}`, async () => assert.equal((await get(`/api/v1/points?${query}`)).status, 400))
    }
  })

  describe('GET /api/v1/points/<user>/history', () => {
    it('goes back page by page', async () => {
      for (const points of [1, 2, 3, 4, 5]) await give('bob', points)
      await give('alice', 9)
      const seen: string[] = []
      let next: string | undefined = ''
      while (next !== undefined) {
        const page: SeenAnswer = await get(`${BOB}/history?limit=2${next === '' ? '' : `&before=${next}`}`)
        const data = (page.json as {data: {changes: {change: string}[]; next?: string}}).data
        seen.push(data.changes.map(({change}) => change).join())
        next = data.next
      }
      assert.deepEqual(seen, ['5,4', '3,2', '1'])
    })

    it('is empty of who never had any', async () => assert.deepEqual(await historyOf('nobody'), []))

    for (const query of ['limit=0', 'limit=1001', 'before=x', 'before=-1', 'before=1&before=2']) {
      it(`answers 400 for ${query}`, async () => assert.equal((await get(`${BOB}/history?${query}`)).status, 400))
    }
  })

  describe('who may', () => {
    it('write needs points:write, read points:read, and neither is in admin', async () => {
      const admin = await scene.issue(['admin', 'account:read', 'helix'])
      const statusesOf = async (token: string) => [
        (await put(POINTS, {user: 'bob', points: 5}, {token})).status,
        (await put(BOB, {points: 5}, {token})).status,
        (await get(BOB, token)).status,
        (await get(`${BOB}/history`, token)).status,
        (await get('/api/v1/points', token)).status,
      ]
      assert.deepEqual(await statusesOf(writer), [200, 200, 403, 403, 403])
      assert.deepEqual(await statusesOf(reader), [403, 403, 200, 200, 200])
      assert.deepEqual(await statusesOf(admin), [403, 403, 403, 403, 403])
    })

    it('is asked before anything that is sent is looked at', async () => {
      assert.equal((await put(POINTS, '{', {token: reader, ...JSON_BODY})).status, 403)
      assert.equal((await scene.call('PUT', POINTS, {body: '{', ...JSON_BODY})).status, 401)
    })

    it('needs no account: what the headers say of one is not looked at', async () => {
      const headers = {'x-behalf-of': 'nobody', 'x-tau-on-behalf-of': 'somebody-else'}
      assert.equal((await give('bob', 5, {headers})).status, 200)
      assert.equal((await scene.call('GET', BOB, {token: bot, headers})).status, 200)
    })

    it('is audited', async () => {
      await give('bob', 5)
      await give('bob', -6)
      const [, id] = bot.split('_')
      const seen = scene.audited.map(({apiTokenId, method, path, status, code}) => [
        apiTokenId,
        method,
        path,
        status,
        code,
      ])
      assert.deepEqual(seen, [
        [id, 'PUT', POINTS, 200, undefined],
        [id, 'PUT', POINTS, 409, 'points-insufficient'],
      ])
    })
  })

  it('says which methods are taken', async () => {
    for (const target of [POINTS, '/api/v1/points', BOB]) {
      const {status, headers} = await scene.call('DELETE', target, {token: bot})
      assert.deepEqual([status, new Set(headers.get('allow')?.split(', '))], [405, new Set(['GET', 'HEAD', 'PUT'])])
    }
    assert.equal((await scene.call('POST', POINTS, {token: bot, body: {user: 'bob', points: 5}})).status, 405)
  })
})

const JSON_BODY: CallOptions = {headers: {'content-type': 'application/json'}}
const EMPTY_TOP = {code: '200', message: '0 users', error: 'false', users: [], data: {users: []}}
