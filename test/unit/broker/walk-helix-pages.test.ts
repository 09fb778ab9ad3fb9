import assert from 'node:assert/strict'

import type {HelixInput} from '../../../src/broker/plan-helix-call.js'
import {walkHelixPages, type HelixStep, type WalkOptions} from '../../../src/broker/walk-helix-pages.js'
import {makeHelixScene, type HelixScene, type ScriptedAnswer} from '../../support/helix-scene.js'

describe('walkHelixPages', () => {
  let scene: HelixScene
  beforeEach(async () => {
    scene = await makeHelixScene()
  })
  afterEach(() => scene.dispose())

  /** The API answers with these pages one after the other, and the last one for ever. */
  function answerWith(...pages: unknown[]): void {
    scene.answer = () => {
      const page = pages.length > 1 ? pages.shift() : pages[0]
      return Array.isArray(page) ? ((page as ScriptedAnswer[])[0] ?? {}) : {body: page}
    }
  }
  async function walk(options: Partial<WalkOptions> = {}, input: Partial<HelixInput> = {}): Promise<HelixStep[]> {
    const steps: HelixStep[] = []
    const walked = walkHelixPages(
      scene.deps,
      {method: 'GET', path: 'streams', query: [], ...input},
      {follow: true, ...options},
    )
    for await (const step of walked) steps.push(step)
    return steps
  }
  const itemsOf = (steps: HelixStep[]) => steps.flatMap((step) => (step.kind === 'page' ? step.page.items : []))
  const queries = () => scene.calls.map(({request}) => request.query)
  const page = (data: unknown[], cursor?: unknown) => ({data, pagination: cursor === undefined ? {} : {cursor}})

  describe('ends', () => {
    const lastPages: [string, unknown][] = [
      ['without a cursor', {data: [3], pagination: {}}],
      ['with an empty cursor', {data: [3], pagination: {cursor: ''}}],
      ['without pagination', {data: [3]}],
      ['with null for a cursor', {data: [3], pagination: {cursor: null}}],
      ['with null for pagination', {data: [3], pagination: null}],
      ['with the same cursor and data', {data: [3], pagination: {cursor: 'two'}}],
    ]
    for (const [what, last] of lastPages) {
      it(`after a page ${what}`, async () => {
        answerWith(page([1], 'one'), page([2], 'two'), last)
        assert.deepEqual(itemsOf(await walk()), [1, 2, 3])
        assert.deepEqual(queries(), ['first=100', 'first=100&after=one', 'first=100&after=two'])
      })
    }

    it('after an empty page with the same cursor', async () => {
      answerWith(page([1], 'one'), page([], 'one'))
      assert.deepEqual(itemsOf(await walk()), [1])
      assert.equal(scene.calls.length, 2)
    })

    it('after an empty page without a cursor, the last one having had one', async () => {
      answerWith(page([1], 'one'), page([]))
      assert.deepEqual(itemsOf(await walk()), [1])
      assert.equal(scene.calls.length, 2)
    })

    it('after ten empty pages in a row, each with another cursor', async () => {
      let count = 0
      scene.answer = () => ({body: page([], String((count += 1)))})
      assert.deepEqual(itemsOf(await walk()), [])
      assert.equal(scene.calls.length, 10)
    })

    it('but goes on after nine, for filters can leave pages empty', async () => {
      let count = 0
      scene.answer = () => {
        count += 1
        return {body: page(count === 10 ? ['there'] : [], count < 12 ? String(count) : undefined)}
      }
      assert.deepEqual(itemsOf(await walk()), ['there'])
      assert.equal(scene.calls.length, 12)
    })

    it('when the cursors lead in a circle', async () => {
      let count = 0
      scene.answer = () => ({body: page([(count += 1)], `cursor ${String(count % 7)}`)})
      await walk()
      assert.ok(scene.calls.length < 30, String(scene.calls.length))
    })

    it('at once for whoever takes no more', async () => {
      let count = 0
      scene.answer = () => ({body: page([(count += 1)], String(count))})
      const input = {method: 'GET' as const, path: 'streams', query: []}
      for await (const step of walkHelixPages(scene.deps, input, {follow: true})) {
        assert.equal(step.kind, 'page')
        break
      }
      assert.equal(scene.calls.length, 1)
    })

    it('when it is interrupted between two pages', async () => {
      const stop = new AbortController()
      let count = 0
      scene.answer = () => {
        if (count === 2) stop.abort(new Error('interrupted'))
        return {body: page([(count += 1)], String(count))}
      }
      await assert.rejects(walk({signal: stop.signal}), {message: 'interrupted'})
      assert.equal(scene.calls.length, 3)
    })
  })

  describe('asks for', () => {
    const asked: [string, Partial<HelixInput>, number | undefined, string[]][] = [
      ['the largest page of the endpoint', {path: 'chat/chatters', query: [['broadcaster_id', '1001'], ['moderator_id', '1001']]}, undefined, ['broadcaster_id=1001&moderator_id=1001&first=1000']],
      ['the size that was given', {path: 'streams?first=7'}, undefined, ['first=7']],
      ['no larger page than the limit needs', {}, 3, ['first=3']],
      ['the size that was given, whatever the limit', {query: [['first', '7']]}, 3, ['first=7']],
      ['no size where there is none', {path: 'eventsub/subscriptions', app: false, check: false, as: 'techydrroid'}, undefined, ['']],
      ['no size where the largest is not known', {path: 'moderation/unban_requests?broadcaster_id=1&moderator_id=1001&status=pending', check: false}, undefined, ['broadcaster_id=1&moderator_id=1001&status=pending']],
      ['no size of an endpoint that is not listed', {path: 'made/up'}, undefined, ['']],
    ] // prettier-ignore
    for (const [what, input, limit, expected] of asked) {
      it(what, async () => {
        answerWith(page([1]))
        await walk(limit === undefined ? {} : {limit}, {check: false, ...input})
        assert.deepEqual(queries(), expected)
      })
    }

    it('the page after the cursor that was given, and keeps what else was', async () => {
      answerWith(page([1], 'a+b='), page([2]))
      await walk({}, {path: 'streams?game_id=1&after=start&game_id=2'})
      assert.deepEqual(queries(), [
        'game_id=1&after=start&game_id=2&first=100',
        'game_id=1&game_id=2&first=100&after=a%2Bb%3D',
      ])
    })

    it('one page where only its items are wanted', async () => {
      answerWith(page([1], 'one'))
      assert.deepEqual(itemsOf(await walk({follow: false})), [1])
      assert.deepEqual(queries(), [''])
    })

    it('nothing backwards', async () => {
      await assert.rejects(walk({}, {path: 'streams?before=x'}), {code: 'usage'})
      assert.equal(scene.calls.length, 0)
    })
  })

  describe('yields', () => {
    it('as many items as the limit allows, and asks for no page after them', async () => {
      answerWith(page([1, 2], 'one'), page([3, 4], 'two'), page([5, 6], 'three'))
      assert.deepEqual(itemsOf(await walk({limit: 3})), [1, 2, 3])
      assert.equal(scene.calls.length, 2)
    })

    it('nothing twice that the page before had, though it has changed', async () => {
      answerWith(
        page([{id: '1', viewers: 9}, {id: '2', viewers: 8}, {name: 'a'}], 'one'),
        page([{id: '2', viewers: 7}, {name: 'a'}, {id: '3', viewers: 6}]),
      )
      const items = itemsOf(await walk())
      assert.deepEqual(items, [{id: '1', viewers: 9}, {id: '2', viewers: 8}, {name: 'a'}, {id: '3', viewers: 6}])
    })

    it('what stands beside the items', async () => {
      answerWith({total: 2, data: [1], pagination: {cursor: 'one'}, points: 5}, page([2]))
      const [first] = await walk()
      assert.deepEqual(first, {kind: 'page', page: {items: [1], rest: {total: 2, points: 5}}, mayGoOn: false})
    })

    it('the list inside of a schedule', async () => {
      answerWith(
        {data: {segments: [{id: 'a'}], broadcaster_id: '1'}, pagination: {cursor: 'one'}},
        {data: {segments: null, broadcaster_id: '1'}, pagination: {}},
      )
      const [first, second] = await walk({}, {path: 'schedule?broadcaster_id=1'})
      const within = {name: 'segments', rest: {broadcaster_id: '1'}}
      assert.deepEqual(first, {kind: 'page', page: {items: [{id: 'a'}], rest: {}, within}, mayGoOn: false})
      assert.deepEqual(second, {kind: 'page', page: {items: [], rest: {}, within}, mayGoOn: false})
    })

    it('the pages of a list whose pagination is a bare text', async () => {
      answerWith({data: [1], pagination: 'one'}, {data: [2], pagination: ''})
      assert.deepEqual(itemsOf(await walk({}, {path: 'extensions/live?extension_id=x'})), [1, 2])
    })

    it('an answer that is no list as it is', async () => {
      for (const body of ['', 'text', '[]', '{"a":1}', {data: {a: 1}}, {data: 'x'}]) {
        answerWith(body)
        const [step, ...others] = await walk()
        assert.equal(step?.kind, 'other')
        assert.equal(others.length, 0)
      }
    })
  })

  describe('when a page fails', () => {
    it('yields the refusal behind what came', async () => {
      answerWith(page([1], 'one'), [{status: 400, body: {message: 'Invalid cursor.'}}])
      const [first, last, ...others] = await walk()
      assert.deepEqual([first?.kind, last?.kind, others.length], ['page', 'other', 0])
      assert.equal(last?.kind === 'other' && last.answer.status, 400)
    })

    it('throws when nobody answers, or when it is no page', async () => {
      answerWith(page([1], 'one'), [{error: new Error('made-up')}])
      await assert.rejects(walk(), {message: 'made-up'})
      answerWith(page([1], 'one'), 'not JSON')
      await assert.rejects(walk(), {code: 'unavailable', body: 'not JSON'})
    })
  })
})
