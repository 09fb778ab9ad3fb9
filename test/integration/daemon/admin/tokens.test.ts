import assert from 'node:assert/strict'
import {execFile} from 'node:child_process'
import {readFile} from 'node:fs/promises'
import {promisify} from 'node:util'

import {issueApiToken} from '../../../../src/broker/issue-api-token.js'
import type {ApiToken} from '../../../../src/model/api-token.js'
import type {AdminBrowser} from '../../../support/admin-scene.js'
import {startAdmin, type AdminPage, type AdminScene, type Fields} from '../../../support/admin-scene.js'
import {makeBrokerWorld, type BrokerWorld} from '../../../support/broker-world.js'
import {makeProvider} from '../../../support/make-provider.js'
import {findAll, textOf} from '../../../support/parse-html.js'

const run = promisify(execFile)

const BOT = 'twitch/id:2002'

describe('the API tokens of the admin page', () => {
  let world: BrokerWorld
  let admin: AdminScene

  before(async () => {
    world = await makeBrokerWorld()
    const provider = makeProvider({name: 'twitch', dialect: 'twitch'})
    await world.store.providers.put(provider)
    await world.addAccount(provider, {userId: '2002', login: 'made_up_2002'})
    await world.addAccount(provider, {userId: '2003', login: 'made_up_2003'})
    admin = await startAdmin(world.deps)
    await admin.signIn()
  })

  after(async () => {
    await admin.stop()
    await world.dispose()
  })

  const form = (): Promise<AdminPage> => admin.open('/admin/tokens/issue')

  const issue = async (fields: Fields, browser: AdminBrowser = admin.browser): Promise<AdminPage> =>
    browser.submit(await browser.open('/admin/tokens/issue'), fields, {button: 'Issue the token'})

  /** With their line breaks. */
  const blocksOf = ({html}: AdminPage): string[] =>
    Array.from(html.matchAll(/<pre[^>]*>(.*?)<\/pre>/gs), ([, text = '']) =>
      text.replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'),
    )

  /** The text that a page shows, and the command to try it with. */
  const shownOn = (page: AdminPage): {text: string; curl: string} => {
    const [text = '', curl = ''] = blocksOf(page)
    assert.match(text, /^bhf_[A-Za-z0-9]{8}_[A-Za-z0-9]{32}_[A-Za-z0-9]{6}$/)
    return {text, curl}
  }

  const storedUnder = async (name: string): Promise<ApiToken[]> =>
    (await world.store.apiTokens.list()).filter((token) => token.name === name)

  async function signInWithToken(parts: {scopes?: string[]; as?: string[]; expiresInMs?: number} = {}) {
    const {scopes = ['admin'], ...rest} = parts
    const token = await admin.issue(scopes, rest)
    const browser = admin.newBrowser()
    await browser.submit(await browser.open('/admin/sign-in'), {token})
    return browser
  }

  it('issues one as it was asked for, and shows it', async () => {
    const page = await issue({
      name: 'overlay',
      scope: ['helix:read', 'chat', 'helix:POST:/chat/messages'],
      more_scopes: 'helix:*:/channels/**',
      as: BOT,
      default_as: 'made_up_2002',
      issued_to: 'made_up_2003',
      life: '30d',
    })
    assert.match(page.url, /^\/admin\/tokens\/[A-Za-z0-9]{8}\/secret$/)
    shownOn(page)
    assert.match(page.text, /It may read from the Twitch API, .*, as twitch\/made_up_2002/)
    const [token] = await storedUnder('overlay')
    assert.deepEqual(token?.scopes, ['helix:read', 'chat', 'helix:POST:/chat/messages', 'helix:*:/channels/**'])
    assert.deepEqual([token.as, token.asAny, token.defaultAs], [['twitch:2002'], false, 'twitch:2002'])
    assert.equal(token.issuedTo, 'twitch:2003')
    assert.equal(token.expiresAt, world.clock.now() + 30 * 24 * 3_600_000)
    const list = await admin.open('/admin/tokens')
    assert.match(list.text, /overlay.*read from the Twitch API/s)
    const one = await admin.open(`/admin/tokens/${token.id}`)
    assert.match(one.text, /call Send Chat Message \(POST \/chat\/messages\)/)
  })

  it('shows the text once, to the session that made it, and keeps it nowhere', async () => {
    const browser = admin.newBrowser()
    browser.cookies.set([...admin.browser.cookies.keys()][0] ?? '', [...admin.browser.cookies.values()][0] ?? '')
    const page = await issue({name: 'once', scope: 'points:read'})
    const {text} = shownOn(page)
    const secret = text.split('_')[2] ?? ''
    assert.equal(page.headers.get('cache-control'), 'no-store')
    const again = await admin.open(page.url)
    const elsewhere = await browser.open(page.url)
    for (const other of [again, elsewhere]) {
      assert.match(other.text, /not here any more/)
      assert.match(other.text, /Give it a new secret/)
    }
    const id = page.url.split('/')[3] ?? ''
    const others = await Promise.all(
      ['/admin/tokens', `/admin/tokens/${id}`, '/admin/tokens?show=ended'].map((path) => admin.open(path)),
    )
    const kept = [await readFile(world.path, 'utf8'), JSON.stringify([admin.logged, admin.audited]), page.url]
    for (const place of [...kept, ...[again, elsewhere, ...others].map(({html}) => html)]) {
      assert.ok(!place.includes(secret))
    }
  })

  it('lets the text go with a cookie that is sealed, for that page alone, and opens for no other session', async () => {
    const page = await form()
    const csrf = findAll(page.document, ({attributes}) => attributes.name === 'csrf')[0]?.attributes.value ?? ''
    const body = new URLSearchParams({csrf, once: 'made-up', name: 'sealed', scope: 'points:read'})
    const headers = {Origin: admin.origin, 'Sec-Fetch-Site': 'same-origin'}
    const answer = await admin.browser.send('POST', '/admin/tokens/issue', headers, body)
    assert.equal(answer.status, 303)
    const path = answer.headers.get('location') ?? ''
    const line = answer.headers.getSetCookie().find((one) => one.startsWith('behalf-new-token=')) ?? ''
    assert.match(line, new RegExp(`; Path=${path}; Max-Age=120; HttpOnly; SameSite=Strict$`))
    assert.doesNotMatch(line, /bhf_/)
    const [cookie = ''] = line.split(';')
    const value = cookie.slice(cookie.indexOf('=') + 1)
    const thief = await signInWithToken()
    thief.cookies.set('behalf-new-token', value)
    assert.match((await thief.open(path)).text, /not here any more/)
    admin.browser.cookies.set(
      'behalf-new-token',
      value.replace(/^\d+/, (endsAt) => String(Number(endsAt) + 9999)),
    )
    assert.match((await admin.open(path)).text, /not here any more/)
    admin.browser.cookies.set('behalf-new-token', value)
    world.clock.advance(120_000)
    assert.match((await admin.open(path)).text, /not here any more/)
  })

  it('issues one for a form that is sent twice, and another one for a form that was changed', async () => {
    const page = await form()
    const send = (fields: Fields) => admin.submit(page, fields, {button: 'Issue the token'})
    const answers = await Promise.all([1, 2, 3].map(() => send({name: 'twice', scope: 'points:read'})))
    assert.equal((await storedUnder('twice')).length, 1)
    assert.ok(answers.every(({status}) => status === 200))
    await send({name: 'twice', scope: 'points:write'})
    assert.equal((await storedUnder('twice')).length, 2)
  })

  it('shows the text of one token where a form reaches two daemons together', async () => {
    const page = await form()
    const elsewhere = await startAdmin(await world.openAgain())
    try {
      const copy = elsewhere.newBrowser()
      for (const [name, value] of admin.browser.cookies) copy.cookies.set(name, value)
      const fields = {name: 'at two', scope: 'points:read'}
      const answers = await Promise.all(
        [admin.browser, copy].map((browser) => browser.submit(page, fields, {button: 'Issue the token'})),
      )
      assert.deepEqual(answers.map(({status}) => status).sort(), [200, 422])
      assert.equal((await storedUnder('at two')).length, 1)
    } finally {
      await elsewhere.stop()
    }
  })

  it('says what is wrong where it is, and keeps what was chosen', async () => {
    const wrong: [Fields, string, RegExp][] = [
      [{name: '', scope: 'points:read'}, 'name', /1 to 100 characters/],
      [{name: 'a\u202eb', scope: 'points:read'}, 'name', /1 to 100 characters/],
      [{name: 'x'}, 'scope', /Choose what the program shall do/],
      [{name: 'x', more_scopes: 'points:raed'}, 'more_scopes', /Did you mean points:read/],
      [{name: 'x', scope: 'admin'}, 'more_scopes', /at the terminal alone/],
      [{name: 'x', more_scopes: 'token:read', as: BOT}, 'more_scopes', /at the terminal alone/],
      [{name: 'x', scope: 'helix:read'}, 'reach', /Choose as whom/],
      [{name: 'x', scope: 'helix:read', reach: 'any', as: BOT}, 'reach', /either all accounts, or some/],
      [{name: 'x', scope: 'helix:read', more_as: 'nobody_here'}, 'more_as', /There is no account/],
      [{name: 'x', scope: 'helix:read', more_as: 'subject:*'}, 'more_as', /does not name chat users/],
      [{name: 'x', scope: 'helix:read', as: BOT, default_as: 'made_up_2003'}, 'default_as', /choose it above/],
      [{name: 'x', scope: 'points:read', issued_to: '"><script>'}, 'issued_to', /account/],
      [{name: 'x', scope: 'points:read', life: '1000y'}, 'life', /none of those/],
    ]
    for (const [fields, field, text] of wrong) {
      const page = await issue(fields)
      assert.equal(page.status, 422, JSON.stringify(fields))
      assert.match(page.text, text)
      assert.ok(page.html.includes(`href="#${field}"`), `${field}: ${JSON.stringify(fields)}`)
      const ids = findAll(page.document, ({attributes}) => attributes.id !== undefined).map((one) => one.attributes.id)
      assert.ok(ids.includes(field) && new Set(ids).size === ids.length, field)
      const errors = findAll(page.document, ({attributes}) => attributes.class === 'error')
        .map(textOf)
        .join(' ')
      assert.doesNotMatch(errors, /--as|--default-as|--scope|behalf /)
      assert.doesNotMatch(page.html, /"><script>/)
    }
    assert.deepEqual(await storedUnder('x'), [])
  })

  it('says in words what would come of it, and what would not work, before anything is issued', async () => {
    const chosen = {name: 'tried', scope: ['helix:POST:/polls', 'chat'], as: BOT, more_scopes: 'helix:GET:/userz'}
    const page = await admin.submit(await form(), chosen, {button: 'Check first'})
    assert.equal(page.status, 200)
    assert.match(
      page.text,
      /It may call Create Poll \(POST \/polls\), read and write in chat, over IRC and call GET \/userz/,
    )
    assert.match(page.text, /made_up_2002 has not granted channel:manage:polls/)
    assert.match(page.text, /has not granted chat:edit/)
    assert.match(
      page.text,
      /No endpoint of the Twitch API that is known here fits helix:GET:\/userz\. Did you mean \/users/,
    )
    assert.match(page.text, /behalf bot add --expect made_up_2002 --scope channel:manage:polls/)
    assert.equal((await storedUnder('tried')).length, 0)
    await admin.submit(page, {}, {button: 'Issue the token'})
    assert.equal((await storedUnder('tried')).length, 1)
  })

  it('gives who signed in with an API token no more than that token may give', async () => {
    const browser = await signInWithToken({as: ['made_up_2003'], expiresInMs: 3_600_000})
    const page = await browser.open('/admin/tokens/issue')
    assert.doesNotMatch(page.text, /made_up_2002/)
    for (const fields of [
      {as: BOT},
      {more_as: 'subject:slack:*'},
      {reach: 'any'},
      {more_as: 'made_up_2003', life: '1d'},
    ]) {
      const answer = await issue({name: 'too much', scope: 'helix:read', ...fields}, browser)
      assert.equal(answer.status, 422, JSON.stringify(fields))
    }
    assert.equal((await storedUnder('too much')).length, 0)
    shownOn(await issue({name: 'within', scope: 'helix:read', more_as: 'made_up_2003'}, browser))
    const [strong] = await storedUnder('overlay')
    const rotate = `/admin/tokens/${String(strong?.id)}/rotate`
    const refused = await browser.submit(await browser.open(rotate))
    assert.equal(refused.status, 403)
  })

  it('gives a new secret once for a form that is sent twice; the old one opens nothing', async () => {
    const {text} = shownOn(await issue({name: 'turned', scope: 'points:read'}))
    const id = text.slice(4, 12)
    const question = await admin.open(`/admin/tokens/${id}/rotate`)
    const [first, second] = await Promise.all([1, 2].map(() => admin.submit(question)))
    const shown = [first, second]
      .flatMap((page) => (page ? blocksOf(page) : []))
      .filter((one) => one.startsWith('bhf_'))
    const fresh = shown[0] ?? ''
    assert.ok(fresh.startsWith(`bhf_${id}_`) && fresh !== text && shown.every((one) => one === fresh))
    const status = async (token: string) =>
      (await fetch(`${admin.origin}/auth/verify?scope=points:read`, {headers: {authorization: `Bearer ${token}`}}))
        .status
    assert.deepEqual([await status(text), await status(fresh)], [401, 204])
  })

  it('gives no new secret to what is issued at the terminal, and says how it is done there', async () => {
    const text = await admin.issue(['admin'])
    const id = text.slice(4, 12)
    const page = await admin.open(`/admin/tokens/${id}/rotate`)
    assert.deepEqual(blocksOf(page), [`behalf token rotate ${id}`])
    const csrf = findAll(page.document, ({attributes}) => attributes.name === 'csrf')[0]?.attributes.value ?? ''
    const body = new URLSearchParams({csrf, once: 'made-up'})
    const headers = {Origin: admin.origin, 'Sec-Fetch-Site': 'same-origin'}
    const answer = await admin.browser.send('POST', `/admin/tokens/${id}/rotate`, headers, body)
    assert.equal(answer.status, 403)
    assert.deepEqual(answer.headers.getSetCookie(), [])
  })

  it('revokes after a question, twice without harm, and lists what is over apart', async () => {
    const {text} = shownOn(await issue({name: 'gone soon', scope: 'points:read'}))
    const question = await admin.open(`/admin/tokens/${text.slice(4, 12)}/revoke`)
    assert.match(question.text, /cannot be taken back/)
    // Another one may have the same name.
    for (const fact of [text.slice(4, 12), 'points:read', 'Last used']) assert.ok(question.text.includes(fact), fact)
    const done = await admin.submit(question)
    assert.equal(done.url, '/admin/tokens')
    assert.match(done.text, /gone soon is revoked/)
    await admin.submit(question)
    assert.doesNotMatch((await admin.open('/admin/tokens?q=gone')).text, /gone soon/)
    assert.match((await admin.open('/admin/tokens?show=ended')).text, /gone soon.*revoked/s)
    const answer = await fetch(`${admin.origin}/auth/verify?scope=points:read`, {
      headers: {authorization: `Bearer ${text}`},
    })
    assert.equal(answer.status, 401)
  })

  it('shows what others wrote as text, and says where there is no such token', async () => {
    const name = '"><img src=x onerror=alert(1)>&amp;'
    const page = await issue({name, scope: 'points:read'})
    const one = await admin.open(page.url.replace('/secret', ''))
    for (const {html} of [
      page,
      one,
      await admin.open('/admin/tokens'),
      await admin.open('/admin/tokens?q=%22%3E%3Cimg'),
    ]) {
      assert.doesNotMatch(html, /<img/)
    }
    assert.ok(one.text.includes(name))
    for (const path of ['nothere1', 'nothere1/secret', 'nothere1/rotate', 'nothere1/revoke', '%3Cb%3E']) {
      const answer = await admin.open(`/admin/tokens/${path}`)
      assert.equal(answer.status, 404, path)
      assert.doesNotMatch(answer.html, /<b>/)
    }
  })

  it('gives a command that works as it stands, and shows the token to no list of processes', async () => {
    for (const fields of [{scope: 'points:read'}, {scope: 'helix:POST:/polls', as: [BOT, 'twitch/id:2003']}]) {
      const {text, curl} = shownOn(await issue({name: 'tried out', ...fields}))
      const [command = ''] = curl.split('\n')
      assert.ok(!command.includes(text) && command.startsWith('curl '))
      const {stdout} = await run('bash', ['-c', `${curl}\n`])
      assert.match(stdout, /"code":"200"|^HTTP\/1.1 204/)
    }
  })

  it('lists who is signed in apart, and ends a session of somebody else', async () => {
    const other = await signInWithToken()
    const page = await admin.open('/admin/tokens?q=nothing-has-this-name')
    assert.match(page.text, /this one/)
    const form = {action: '/admin/tokens/sessions/end', button: 'End this session'}
    assert.match((await admin.submit(page, {}, form)).text, /The session is over/)
    const ends = [...(await admin.open('/admin/tokens')).html.matchAll(/End this session/g)].length
    for (let left = ends; left > 0; left -= 1) await admin.submit(await admin.open('/admin/tokens'), {}, form)
    assert.match((await other.open('/admin/tokens')).url, /^\/admin\/sign-in/)
    assert.equal((await admin.open('/admin/tokens')).status, 200)
  })

  const listedOn = ({html}: AdminPage): number => [...html.matchAll(/href="\/admin\/tokens\/[A-Za-z0-9]{8}"/g)].length

  it('lists a thousand a page at a time, and finds one', async () => {
    const parts = {scopes: ['helix:read'], as: [], asAny: true}
    for (let count = 0; count < 1000; count += 100) {
      await Promise.all(
        Array.from({length: 100}, (_, i) =>
          issueApiToken(world.deps, {...parts, name: `many-${String(count + i)}-of-them`}),
        ),
      )
    }
    const page = await admin.open('/admin/tokens')
    assert.equal(listedOn(page), 50)
    assert.match(page.text, /1–50 of 1\d\d\d/)
    const found = await admin.open('/admin/tokens?q=many-777-of')
    assert.equal(listedOn(found), 1)
    assert.equal((await admin.open('/admin/tokens?page=9999')).status, 200)
  })
})
