import assert from 'node:assert/strict'

import fc from 'fast-check'

import {beginSessionByLink, makeSignInLink} from '../../../../src/broker/admin-sessions.js'
import {issueApiToken} from '../../../../src/broker/issue-api-token.js'
import {changePoints} from '../../../../src/broker/points.js'
import {createActivity} from '../../../../src/daemon/observe/activity.js'
import {startAdmin, type AdminPage} from '../../../support/admin-scene.js'
import {makeBrokerWorld} from '../../../support/broker-world.js'
import {makeProvider} from '../../../support/make-provider.js'
import {findAll, type Element} from '../../../support/parse-html.js'

/** What others have chosen, and pages show. */
interface Texts {
  name: string
  login: string
  subject: string
  scope: string
  detail: string
  reason: string
  token: string
  why: string
  agent: string
  path: string
}

const RUNS = process.env.BEHALF_TEST_LONG ? 60 : 3

const TAME: Texts = {
  name: 'Made Up',
  login: 'made_up',
  subject: 'slack:U1',
  scope: 'chat:read',
  detail: 'because',
  reason: 'no',
  token: 'overlay',
  why: 'won',
  agent: 'curl/8',
  path: '/api/twitch/helix/users',
}

/** Pieces that mean something to a parser of HTML, URLs or scripts, and such as turn or hide text. */
const PIECES = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</title></main><h1>',
  '--><!--',
  'javascript:alert(1)',
  '&lt;b&gt;&#60;',
  '${7*7}{{7*7}}',
  '\u202Eevil\u202C',
  '\u0000\u0007\u200B',
  ']]><svg/onload=alert(1)>',
  '%3Cscript%3E',
  '\uD800',
  'a'.repeat(3000),
  '🧨',
]

const hostile = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({unit: 'binary', maxLength: 20})), {minLength: 1, maxLength: 4})
  .map((parts) => parts.join(''))

const wellFormed = (text: string): string => Buffer.from(text, 'utf8').toString('utf8')
/** As what reads them lets them in. */
const printable = (text: string, most: number): string =>
  // Half of a character that was cut is of \p{C} too.
  wellFormed(text).slice(0, most).replaceAll(/\p{C}/gu, '').trim()

const texts: fc.Arbitrary<Texts> = fc
  .record({
    name: hostile,
    login: hostile,
    subject: hostile,
    scope: hostile,
    detail: hostile,
    reason: hostile,
    token: hostile,
    why: hostile,
    agent: hostile,
    path: hostile,
  })
  .map(({subject, token, why, ...rest}) => ({
    ...(Object.fromEntries(Object.entries(rest).map(([name, text]) => [name, `x${wellFormed(text)}`])) as typeof rest),
    subject: `slack:U1${printable(subject, 60).replaceAll(/\s/g, '')}`,
    token: `x${printable(token, 90)}`,
    why: `x${printable(why, 100)}`,
  }))

describe('pages of the admin page', function () {
  this.timeout(600_000)

  it('are built the same whatever others call themselves', async () => {
    const tame = await visitAll(TAME)
    assert.ok(tame.length >= 12, `only ${String(tame.length)} pages were found`)
    await fc.assert(
      fc.asyncProperty(texts, async (chosen) => {
        const pages = await visitAll(chosen)
        for (const [index, page] of pages.entries()) {
          const {url, document} = page
          checkHarmless(page)
          assert.deepEqual(outlineOf(document), outlineOf(tame[index]?.document ?? document), url)
        }
        assert.equal(pages.length, tame.length)
      }),
      {numRuns: RUNS},
    )
  })
})

/** No more than what is ours: one script, no handler, no style, and links that lead to the page itself or to a service. */
function checkHarmless({url, document}: AdminPage): void {
  for (const {name, attributes} of findAll(document, () => true)) {
    const names = Object.keys(attributes)
    assert.deepEqual(
      names.filter((attribute) => attribute.startsWith('on') || attribute === 'style' || attribute === 'srcdoc'),
      [],
      url,
    )
    assert.ok(!['iframe', 'object', 'embed', 'base'].includes(name), `${url}: ${name}`)
    if (name === 'script') assert.match(attributes.src ?? '', /^\/admin\/script\.js\?[\da-f]{12}$/)
    for (const place of [attributes.href, attributes.src, attributes.action]) {
      if (place !== undefined) assert.match(place, /^(?:\/admin(?:[/?]|$)|#|https?:\/\/)/, `${url}: ${place}`)
    }
  }
}

/** Names of elements and attributes, as they stand in each other. Where a text may break is the text's own. */
const outlineOf = ({name, attributes, children}: Element): unknown => [
  name,
  Object.keys(attributes).sort().join(' '),
  ...children.flatMap((child) => (typeof child === 'string' || child.name === 'wbr' ? [] : [outlineOf(child)])),
]

/** All pages that links lead to, from the first one on, of a daemon where everything is called so. */
async function visitAll(chosen: Texts): Promise<AdminPage[]> {
  const world = await makeBrokerWorld()
  const activity = createActivity(world.deps)
  const scene = await startAdmin(world.deps, {activity})
  try {
    await furnish(world, chosen)
    const apiToken = await world.store.apiTokens.get((await world.store.apiTokens.list())[0]?.id ?? '')
    const call = {method: 'GET', path: chosen.path, status: 200, userAgent: chosen.agent, durationMs: 1}
    activity.noteCall({...call, ...(apiToken && {apiToken})})
    activity.noteCall({...call, status: 401})
    await scene.signIn()
    const reflected = encodeURIComponent(chosen.detail)
    const found = ['/admin/accounts', '/admin/sign-out', `/admin/sign-in?link=${reflected}`, `/admin/${reflected}`]
    const pages: AdminPage[] = []
    for (let index = 0; index < found.length && index < 40; index += 1) {
      const page = await scene.open(found[index] ?? '')
      pages.push(page)
      for (const {attributes} of findAll(page.document, ({name}) => name === 'a')) {
        const [path = ''] = (attributes.href ?? '').split('#')
        // One of the presets stands for all.
        if (/^\/admin\/(?!.*preset=(?!github))/.test(path) && !found.includes(path)) found.push(path)
      }
    }
    return pages
  } finally {
    await scene.stop()
    await world.dispose()
  }
}

async function furnish(world: Awaited<ReturnType<typeof makeBrokerWorld>>, chosen: Texts): Promise<void> {
  const provider = makeProvider({name: 'example'})
  await world.store.providers.put(provider)
  const now = world.clock.now()
  const {name: displayName, login} = chosen
  const credential = {scopes: [chosen.scope]}
  await world.addAccount(provider, {userId: '1', login, displayName, credential})
  await world.addAccount(provider, {
    userId: '2',
    login: `${login}2`,
    displayName,
    credential,
    state: {kind: 'login-needed', reason: 'rejected', since: now, detail: chosen.detail},
  })
  await world.addAccount(provider, {userId: '3', subject: chosen.subject, role: 'user', login, displayName})
  await world.store.providers.updateState('example', (state) => ({
    ...state,
    misconfigured: {settings: 'x', reason: chosen.reason, since: now},
  }))
  await issueApiToken(world.deps, {name: chosen.token, scopes: ['helix'], as: [], asAny: true})
  await changePoints(world.deps, {user: 'someone', by: undefined, change: {kind: 'add', points: 5}, why: chosen.why})
  const {code} = await makeSignInLink(world.deps)
  await beginSessionByLink(world.deps, code, chosen.agent)
}
