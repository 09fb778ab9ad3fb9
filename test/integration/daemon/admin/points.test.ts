import assert from 'node:assert/strict'

import {changePoints, pointsHistory, showPoints} from '../../../../src/broker/points.js'
import type {AdminPage, AdminScene, Fields} from '../../../support/admin-scene.js'
import type {BrokerWorld} from '../../../support/broker-world.js'

describe('the points of the admin page', () => {
  let world: BrokerWorld
  let admin: AdminScene

  before(async () => {
    // The ledger is loaded when it is first used: under mocha what is imported statically has another copy of the errors.
    const {makeBrokerWorld} = await import('../../../support/broker-world.js')
    const {startAdmin} = await import('../../../support/admin-scene.js')
    world = await makeBrokerWorld()
    admin = await startAdmin(world.deps)
    await admin.signIn()
  })

  after(async () => {
    await admin.stop()
    await world.dispose()
  })

  const userPage = (user: string): Promise<AdminPage> =>
    admin.open(`/admin/points/user?${String(new URLSearchParams({user}))}`)

  const change = async (user: string, fields: Fields): Promise<AdminPage> =>
    admin.submit(await userPage(user), fields, {button: 'Change the points'})

  const balanceOf = async (user: string): Promise<number> => (await showPoints(world.deps, {user})).points

  it('adds, removes and sets, with why, and says who did it', async () => {
    const added = await change('@Sam', {points: '1500', why: 'a quiz'})
    assert.equal(added.url, '/admin/points/user?user=sam')
    assert.match(added.text, /Added 1,500\. sam has 1,500 now\./)
    assert.match(added.text, /the admin page/)
    assert.match(added.text, /a quiz/)
    assert.match((await change('sam', {kind: 'remove', points: '600'})).text, /sam has 900 now/)
    assert.match((await change('sam', {kind: 'set', points: '7'})).text, /Set\. sam has 7 now/)
    assert.equal(await balanceOf('sam'), 7)
  })

  it('names the API token that made a change, and leads to it', async () => {
    await admin.issue(['points:write'], {name: 'quiz <bot>', as: []})
    const [token] = await world.store.apiTokens.list()
    await changePoints(world.deps, {user: 'kim', by: token?.id, change: {kind: 'add', points: 1}})
    await changePoints(world.deps, {user: 'kim', by: undefined, change: {kind: 'add', points: 1}})
    const page = await userPage('kim')
    assert.match(page.text, /quiz <bot>/)
    assert.match(page.text, /the terminal/)
    assert.ok(page.html.includes(`href="/admin/tokens/${String(token?.id)}"`))
  })

  it('gives who signed in with an API token no more than its scopes do', async () => {
    const sent = {user: 'barred', kind: 'add', points: '5', once: 'made-up-once'}
    for (const [scopes, mayLook] of [
      [['admin'], false],
      [['admin', 'points:read'], true],
    ] as const) {
      const browser = admin.newBrowser()
      await browser.submit(await browser.open('/admin/sign-in'), {token: await admin.issue([...scopes])})
      const status = mayLook ? 200 : 403
      assert.equal((await browser.open('/admin/points')).status, status)
      const page = await browser.open('/admin/points/user?user=barred')
      assert.equal(page.status, status)
      assert.ok(!page.text.includes('Change the points'))
      const changed = await browser.submit(page, sent, {action: '/admin/sign-out'}, '/admin/points/user')
      assert.equal(changed.status, mayLook ? 422 : 403)
      assert.match(changed.text, /lacks the scope points:/)
    }
    assert.equal(await balanceOf('barred'), 0)
  })

  it('takes nothing that is not there, unless it is told to', async () => {
    const refused = await change('poor', {kind: 'remove', points: '1'})
    assert.equal(refused.status, 422)
    assert.match(refused.text, /poor has 0 points, which is too few for this/)
    // A command is for the terminal.
    assert.doesNotMatch(refused.text, /behalf points/)
    assert.equal(await balanceOf('poor'), 0)
    await change('poor', {kind: 'remove', points: '1', below_zero: 'yes'})
    assert.equal(await balanceOf('poor'), -1)
  })

  it('counts a form once that is sent twice, one after the other and together', async () => {
    const page = await userPage('twice')
    const send = () => admin.submit(page, {points: '5'}, {button: 'Change the points'})
    await send()
    assert.match((await send()).text, /sent before: it was counted once/)
    const other = await userPage('twice')
    await Promise.all([1, 2, 3].map(() => admin.submit(other, {points: '5'}, {button: 'Change the points'})))
    assert.equal(await balanceOf('twice'), 10)
    assert.equal((await pointsHistory(world.deps, {user: 'twice', limit: 10})).changes.length, 2)
  })

  it('keeps what was typed where something is wrong with it', async () => {
    for (const points of ['', '0', '-3', '1.5', '1e3', '99999999999999999', 'ten', '<b>']) {
      const page = await change('wrong', {points, why: 'kept'})
      assert.equal(page.status, 422, points)
      assert.match(page.html, /value="kept"/)
      assert.match(page.text, /Write a whole number from 1 to 9007199254740991, such as 50\./)
      assert.doesNotMatch(page.html, /<b>/)
    }
    const set = await change('wrong', {points: '1e3', kind: 'set'})
    assert.match(set.text, /Write a whole number from -9007199254740991 to 9007199254740991/)
    assert.equal((await change('wrong', {points: '1', why: 'two\nlines'})).status, 422)
    assert.equal((await change('wrong', {points: '1', kind: 'steal'})).status, 422)
    assert.equal(await balanceOf('wrong'), 0)
  })

  it('shows names with anything in them as text, and finds them by what cannot stand in a path', async () => {
    const user = '<img src=x onerror=alert(1)>/%2f\\"&'
    const page = await change(user, {points: '2', why: '</td><script>alert(1)</script>'})
    assert.equal(page.status, 200)
    assert.doesNotMatch(page.html, /<img|<script>alert/)
    assert.equal(await balanceOf(user), 2)
    const top = await admin.open('/admin/points')
    assert.doesNotMatch(top.html, /<img/)
    assert.ok(top.text.includes(user))
  })

  it('refuses what cannot be a name', async () => {
    for (const user of ['', ' ', 'a\u202eb', 'x'.repeat(200)]) assert.equal((await userPage(user)).status, 400, user)
  })

  it('pages through the top and through a history', async () => {
    const add = (user: string, points: number) =>
      changePoints(world.deps, {user, by: undefined, change: {kind: 'add', points}})
    for (let count = 1; count <= 60; count += 1) await add(`viewer${String(count)}`, 10_000 + count)
    const first = await admin.open('/admin/points')
    assert.match(first.text, /viewer60.*viewer11/s)
    assert.doesNotMatch(first.text, /viewer10\b/)
    assert.match((await admin.open('/admin/points?page=2')).text, /viewer10\b/)
    assert.equal((await admin.open('/admin/points?page=99')).status, 200)
    for (let count = 1; count <= 60; count += 1) await add('busy', 1)
    const latest = await userPage('busy')
    const href = /href="([^"]*before=\d+)"/.exec(latest.html)?.[1] ?? ''
    const earlier = await admin.open(href.replaceAll('&amp;', '&'))
    assert.match(earlier.text, /Earlier changes/)
    assert.equal((earlier.html.match(/role="rowheader"/g) ?? []).length, 10)
  })
})
