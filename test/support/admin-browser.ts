import type {Browser, BrowserContext, BrowserContextOptions, Page} from 'playwright-core'

import {createActivity, type Activity} from '../../src/daemon/observe/activity.js'
import {startAdmin, type AdminScene} from './admin-scene.js'
import {makeBrokerWorld} from './broker-world.js'
import {findAll} from './parse-html.js'
import {stockActivity, stockAdmin, stockLogins, stockRefreshes, stockSchedule} from './stock-admin.js'

/** How somebody looks at a page. */
export interface Sight {
  scheme: 'light' | 'dark'
  width: 1280 | 390
  /** The page's own script runs. */
  hasScripts: boolean
}

export const SIGHTS: readonly Sight[] = ([1280, 390] as const).flatMap((width) =>
  (['light', 'dark'] as const).flatMap((scheme) => [true, false].map((hasScripts) => ({scheme, width, hasScripts}))),
)

/** The admin page of a daemon in this process, with something of everything or with nothing in its store. */
export interface AdminStage {
  readonly scene: AdminScene
  /** Where calls are noted that the page shows. */
  readonly activity: Activity
  /** Lets time go by for the daemon. */
  pass(ms: number): void
  /** A page of each kind, found by following links, and those of logins. */
  readonly paths: readonly string[]
  /** Links that do not lead to a page. */
  readonly broken: readonly string[]
  /** A window whose user is signed in. */
  openWindow(browser: Browser, sight: Sight): Promise<Page>
  stop(): Promise<void>
}

export async function startAdminStage({isEmpty = false} = {}): Promise<AdminStage> {
  const world = await makeBrokerWorld()
  const activity = createActivity(world)
  if (!isEmpty) await stockAdmin(world)
  const observed = isEmpty ? {} : {refreshHistory: stockRefreshes(world.clock), schedule: stockSchedule(world.clock)}
  const scene = await startAdmin(world.deps, {activity, ...observed})
  await scene.signIn()
  const {paths, broken} = await findPages(scene)
  const logins = isEmpty ? [] : await stockLogins(world)
  if (!isEmpty) stockActivity(activity)
  return {
    scene,
    activity,
    pass: (ms) => world.clock.advance(ms),
    paths: [...paths, ...logins],
    broken,
    openWindow: async (browser, sight) => (await openContext(browser, scene, sight)).newPage(),
    async stop() {
      await scene.stop()
      await world.dispose()
    },
  }
}

async function openContext(browser: Browser, scene: AdminScene, sight: Sight): Promise<BrowserContext> {
  const options: BrowserContextOptions = {
    colorScheme: sight.scheme,
    viewport: {width: sight.width, height: 900},
    reducedMotion: 'reduce',
  }
  const context = await browser.newContext(options)
  // Scripts as such stay on: axe-core is one.
  const nothing = {contentType: 'text/javascript', body: ''}
  if (!sight.hasScripts) await context.route(/script\.js/, (route) => route.fulfill(nothing))
  const cookies = [...scene.browser.cookies].map(([name, value]) => ({name, value, url: scene.origin}))
  await context.addCookies(cookies)
  return context
}

/** Of pages that differ only in what they are about, so many are looked at. */
const MOST_ALIKE = 1
const FIXED =
  /^(?:accounts|tokens|providers|activity|points|health|new|add|issue|edit|remove|revoke|rotate|presets|login|test|history)$/

async function findPages(scene: AdminScene): Promise<Pick<AdminStage, 'paths' | 'broken'>> {
  const broken: string[] = []
  const found = new Map<string, string[]>([['/admin/not-here', ['/admin/not-here']]])
  const waiting = ['/admin/accounts']
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    const alike = found.get(shapeOf(path)) ?? []
    if (alike.includes(path) || alike.length >= MOST_ALIKE) continue
    found.set(shapeOf(path), [...alike, path])
    const page = await scene.open(path)
    if (page.status !== 200) broken.push(`${path} answered ${String(page.status)}: ${page.text.slice(0, 300)}`)
    for (const {attributes} of findAll(page.document, ({name}) => name === 'a')) {
      const target = (attributes.href ?? '').replace(/#.*/, '')
      if (target.startsWith('/admin/')) waiting.push(target)
    }
  }
  return {paths: [...found.values()].flat(), broken}
}

function shapeOf(path: string): string {
  const {pathname, searchParams} = new URL(path, 'http://localhost')
  const words = pathname.split('/').slice(2)
  return [...words.map((word) => (FIXED.test(word) ? word : '*')), ...searchParams.keys()].join('/')
}
