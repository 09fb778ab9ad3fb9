import assert from 'node:assert/strict'

import {Secret} from '../../../../src/model/secret.js'
import {startAdmin, type AdminBrowser, type AdminPage, type AdminScene} from '../../../support/admin-scene.js'
import {findAll} from '../../../support/parse-html.js'
import {makeSandboxScene, type SandboxScene} from '../../../support/sandbox-scene.js'

const TYPED_SECRET = 'made-up-secret-that-was-typed'

describe('the providers of the admin page', () => {
  let scene: SandboxScene
  let admin: AdminScene

  before(async () => {
    scene = await makeSandboxScene()
    admin = await startAdmin(scene.deps)
    await admin.signIn()
  })

  after(async () => {
    await admin.stop()
    await scene.dispose()
  })

  /** As somebody at the terminal would have set it up. */
  beforeEach(async () => {
    for (const name of await scene.store.providers.names()) {
      if (name !== 'twitch') await scene.store.providers.remove(name)
    }
    await scene.store.providers.put(scene.provider)
  })

  const edit = async (fields: Record<string, string>, browser: AdminBrowser = admin.browser): Promise<AdminPage> =>
    browser.submit(await browser.open('/admin/providers/of/twitch/edit'), fields, {button: 'Save'})

  async function signInWithToken(): Promise<AdminBrowser> {
    const token = await admin.issue(['admin'])
    const browser = admin.newBrowser()
    await browser.submit(await browser.open('/admin/sign-in'), {token})
    return browser
  }

  it('lists them, and shows one without its secret', async () => {
    const secret = scene.provider.clientSecret?.reveal() ?? ''
    const list = await admin.open('/admin/providers')
    assert.match(list.text, /twitch.*Not seen to work yet/s)
    const page = await admin.open('/admin/providers/of/twitch')
    assert.ok(page.text.includes(scene.provider.tokenUrl ?? ''))
    assert.match(page.text, /kept, sealed/)
    assert.ok(
      ![list, page, await admin.open('/admin/providers/of/twitch/edit')].some(({html}) => html.includes(secret)),
    )
  })

  it('finds presets by a part of the name, and never shows all of them', async () => {
    const all = await admin.open('/admin/providers/add')
    assert.ok(findAll(all.document, ({name}) => name === 'tr').length <= 31)
    assert.match(all.text, /more: type a part of the name/)
    const found = await admin.open('/admin/providers/add?q=GitH')
    assert.match(found.text, /github/i)
    assert.doesNotMatch(found.text, /Twitch/)
    assert.match((await admin.open('/admin/providers/add?q=%3Cnone%3E')).text, /behalf knows no such service/)
  })

  it('sets one up from a preset, says what to register, and asks the service whether it takes the client', async () => {
    const form = await admin.open('/admin/providers/add?preset=twitch')
    const callbackUrl = `http://localhost:${String(admin.port)}/callback`
    assert.ok(form.text.includes('https://dev.twitch.tv/console/apps'))
    assert.ok(form.text.includes(callbackUrl))
    const {clientId, clientSecret} = scene.provider
    const at = (path: string) => `${scene.sandbox.url}/oauth2/${path}`
    const page = await admin.submit(form, {
      name: 'stand-in',
      client_id: clientId,
      client_secret: clientSecret?.reveal() ?? '',
      token_url: at('token'),
      authorize_url: at('authorize'),
      device_url: at('device'),
      revoke_url: at('revoke'),
      validate_url: at('validate'),
      userinfo_url: at('userinfo'),
      api_url: `${scene.sandbox.url}/helix`,
    })
    assert.equal(page.url, '/admin/providers/of/stand-in', page.text)
    assert.match(page.text, /stand-in is set up. stand-in answers, and takes the client\..*State Set up/s)
    const stored = await scene.store.providers.get('stand-in')
    assert.equal(stored?.callbackUrl, callbackUrl)
    assert.equal(stored.addressesFrom, undefined)
  })

  it('says at each field what is wrong, keeps what was typed but the secret, and stores nothing', async () => {
    const form = await admin.open('/admin/providers/add?preset=github')
    const wrong = {name: 'Not A Name', client_id: 'made-up', client_secret: TYPED_SECRET}
    const named = await admin.submit(form, wrong)
    assert.equal(named.status, 422)
    assert.match(named.text, /is no provider name/)
    const typed = await admin.submit(form, {...wrong, name: 'hub', token_url: 'http://example.test/token'})
    assert.equal(typed.status, 422)
    assert.match(typed.html, /href="#token_url"/)
    const without = await admin.submit(form, {...wrong, name: 'hub', client_id: ''})
    assert.match(without.html, /href="#client_id"/)
    assert.doesNotMatch(without.text, /--client-id/)
    const taken = await admin.submit(form, {...wrong, name: 'twitch'})
    assert.match(taken.html, /href="#name"/)
    assert.ok(![named, typed, without, taken].some(({html}) => html.includes(TYPED_SECRET)))
    assert.match(typed.html, /value="made-up"/)
    assert.deepEqual(await scene.store.providers.names(), ['twitch'])
  })

  it('wants a secret, or to be told that there is none, where the service knows clients', async () => {
    const form = await admin.open('/admin/providers/add?preset=github')
    assert.doesNotMatch(form.text, /Client secret \(optional\)/)
    const forgotten = await admin.submit(form, {name: 'hub', client_id: 'made-up'})
    assert.equal(forgotten.status, 422)
    assert.match(forgotten.html, /href="#client_secret"/)
    assert.match(forgotten.text, /Enter the secret, or tick that the client has none\./)
    const empty = await admin.submit(form, {name: '', client_id: ''})
    assert.match(empty.text, /3 things are wrong.*Give it a name.*Enter the client ID\..*Enter the secret/s)
    const nowhere = {token_url: 'http://127.0.0.1:1/token', authorize_url: 'http://127.0.0.1:1/authorize'}
    const other = await admin.open('/admin/providers/add?other=yes')
    const open = await admin.submit(other, {name: 'open', client_id: 'made-up', is_public: 'yes', ...nowhere})
    const basic = await admin.submit(other, {
      name: 'basic',
      credential: 'basic',
      api_url: 'http://127.0.0.1:1',
      userinfo_url: 'http://127.0.0.1:1',
    })
    assert.equal(basic.url, '/admin/providers/of/basic', basic.text)
    assert.match(open.text, /open is set up. open could not be reached \(.*Not seen to work yet/s)
    assert.match(open.html, /class="notice warn"/)
    assert.doesNotMatch(open.text, /Sent as/)
  })

  it('changes some settings, and leaves alone what was not touched', async () => {
    const page = await edit({scopes: 'user:read:email  chat:read'})
    assert.match(page.text, /twitch is changed/)
    const {scopes, ...rest} = (await scene.store.providers.get('twitch')) ?? assert.fail()
    assert.deepEqual(scopes.bot, ['user:read:email', 'chat:read'])
    const {scopes: _before, ...before} = scene.provider
    assert.deepEqual({...rest, callbackUrl: undefined}, {...before, callbackUrl: undefined})
    assert.match((await edit({})).text, /Nothing of twitch was changed/)
  })

  it('asks before accounts are lost, with the secret once more, and holds it in no page', async () => {
    await scene.logIn('techydrroid')
    const change = {client_id: 'made-up-other', client_secret: TYPED_SECRET}
    const question = await edit(change)
    assert.match(question.text, /Change twitch so\?.*1 account will need a login.*twitch\/techydrroid/s)
    assert.ok(!question.html.includes(TYPED_SECRET))
    assert.equal((await scene.store.providers.get('twitch'))?.clientId, scene.provider.clientId)
    const forgotten = await admin.submit(question, {client_secret: ''}, {button: 'Change it'})
    assert.match(forgotten.text, /Type the client secret once more/)
    const done = await admin.submit(question, {client_secret: TYPED_SECRET}, {button: 'Change it'})
    assert.match(done.text, /1 account needs a login now./)
    const stored = await scene.store.providers.get('twitch')
    assert.equal(stored?.clientId, 'made-up-other')
    assert.ok(stored.clientSecret?.equals(new Secret(TYPED_SECRET)))
  })

  it('keeps the accounts at other addresses where the terminal could, and not for who came with an API token', async () => {
    await scene.logIn('techydrroid')
    const moved = {api_url: 'https://api.example.test/helix'}
    const browser = await signInWithToken()
    const theirs = await edit(moved, browser)
    assert.match(theirs.text, /1 account will need a login.*The client secret is forgotten/s)
    assert.doesNotMatch(theirs.text, /techydrroid|Keep the accounts/)
    const question = await edit(moved)
    assert.doesNotMatch(question.text, /The client secret is forgotten/)
    await admin.submit(question, {keep_accounts: 'yes'}, {button: 'Change it'})
    assert.match((await admin.open('/admin/accounts?state=login-needed')).text, /No account fits/)
  })

  it('an API token’s holder cannot lead the secret elsewhere, however the form is made', async () => {
    await scene.logIn('techydrroid')
    const browser = await signInWithToken()
    const question = await edit({token_url: 'https://id.example.test/token'}, browser)
    await browser.submit(question, {keep_accounts: 'yes', is_confirmed: 'yes'}, {button: 'Change it'})
    const stored = await scene.store.providers.get('twitch')
    assert.equal(stored?.tokenUrl, 'https://id.example.test/token')
    assert.equal(stored.clientSecret, undefined)
    assert.equal(stored.addressesFrom, 'http')
    assert.match((await admin.open('/admin/accounts?state=login-needed')).text, /techydrroid/)
  })

  it('what an API token’s holder sets up is asked at no address of this machine', async () => {
    const browser = await signInWithToken()
    const before = scene.calls('/oauth2').length
    const page = await browser.submit(await browser.open('/admin/providers/add?other=yes'), {
      name: 'inside',
      client_id: 'made-up',
      client_secret: TYPED_SECRET,
      token_url: `${scene.sandbox.url}/oauth2/token`,
      authorize_url: `${scene.sandbox.url}/oauth2/authorize`,
      userinfo_url: `${scene.sandbox.url}/oauth2/userinfo`,
    })
    assert.match(page.text, /inside is set up/)
    assert.equal((await scene.store.providers.get('inside'))?.addressesFrom, 'http')
    const tested = await browser.submit(await browser.open('/admin/providers/of/inside'), {}, {button: 'Test'})
    assert.doesNotMatch(tested.text, /takes the client/)
    assert.equal(scene.calls('/oauth2').length, before)
  })

  it('tests one, and shows what the service says, as a text', async () => {
    const page = await admin.open('/admin/providers/of/twitch')
    assert.match((await admin.submit(page, {}, {button: 'Test'})).text, /twitch answers, and takes the client/)
    scene.fail('/oauth2/token', {
      kind: 'status',
      status: 403,
      body: {status: 403, message: 'invalid client secret'},
    })
    const refused = await admin.submit(page, {}, {button: 'Test'})
    assert.match(refused.text, /refuses this client.*Correct its settings/)
    scene.fail('/oauth2/token', {kind: 'status', status: 400, body: {status: 400, message: '<b>made up</b>'}})
    const odd = await admin.submit(page, {}, {button: 'Test'})
    assert.match(odd.text, /<b>made up<\/b>/)
    assert.ok(!odd.html.includes('<b>made'))
  })

  it('removing asks first, takes the accounts along, and is done once', async () => {
    await scene.logIn('techydrroid')
    const question = await admin.open('/admin/providers/of/twitch/remove')
    assert.match(question.text, /Remove it with 1 account/)
    const list = await admin.submit(question)
    assert.match(list.text, /twitch is removed. 1 account went with it, 1 revoked/)
    assert.deepEqual(await scene.store.accounts.names(), [])
    assert.equal((await admin.submit(question)).status, 404)
    assert.match((await admin.open('/admin/accounts')).text, /there is no service to log in at/)
  })

  it('where the service cannot be reached it stays, until the grants are to be kept', async () => {
    await scene.logIn('techydrroid')
    scene.fail('/oauth2/revoke', {kind: 'status', status: 503, count: 10})
    const refused = await admin.submit(await admin.open('/admin/providers/of/twitch/remove'))
    assert.equal(refused.status, 503)
    assert.match(refused.text, /stay.*keep the grants/s)
    assert.ok(await scene.store.providers.get('twitch'))
    assert.match((await admin.submit(refused, {keep_grant: 'yes'})).text, /1 account went with it, 0 revoked/)
  })

  it('one that is not there, or has a name that is none, is not found', async () => {
    for (const page of ['', '/edit', '/remove']) {
      for (const name of ['nowhere', '%3Cscript%3E', 'x'.repeat(300)]) {
        const {status, html} = await admin.open(`/admin/providers/of/${name}${page}`)
        assert.equal(status, 404, `${name}${page}`)
        assert.ok(!html.includes('<script>alert'))
      }
    }
  })
})
