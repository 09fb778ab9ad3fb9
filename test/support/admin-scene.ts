import assert from 'node:assert/strict'

import {makeSignInLink} from '../../src/broker/admin-sessions.js'
import type {BrokerDeps} from '../../src/broker/broker-deps.js'
import {startApi, type ApiScene, type ApiSceneOptions} from './api-scene.js'
import {findAll, parseHtml, textOf, type Element} from './parse-html.js'

/** A daemon's own pages behind its front door, and somebody who walks them as a browser without scripts does. */
export interface AdminScene extends ApiScene {
  /** The browser of who signed in by the link of `behalf admin`; `open` and `submit` are its. */
  readonly browser: AdminBrowser
  signIn(): Promise<AdminPage>
  open(path: string): Promise<AdminPage>
  submit(page: AdminPage, fields?: Fields, which?: FormChoice): Promise<AdminPage>
  /** Another one, which is not signed in. */
  newBrowser(): AdminBrowser
}

/** What is written into fields, by their names; undefined leaves one out, and a list sends it more than once. */
export type Fields = Readonly<Record<string, string | readonly string[] | undefined>>

/** A form of a page, by where it leads or what its button says. Default: the only one in `main`, or the first. */
export interface FormChoice {
  action?: string
  button?: string
}

export interface AdminPage {
  /** Path and query of where the browser is now. */
  url: string
  status: number
  headers: Headers
  html: string
  document: Element
  /** What can be read of it. */
  text: string
}

export async function startAdmin(deps: BrokerDeps, options: ApiSceneOptions = {}): Promise<AdminScene> {
  const api = await startApi(deps, {hasDoor: true, ...options})
  const browser = new AdminBrowser(api.origin)
  return Object.assign(api, {
    browser,
    signIn: () => signInByLink(deps, browser),
    open: (path: string) => browser.open(path),
    submit: (page: AdminPage, fields?: Fields, which?: FormChoice) => browser.submit(page, fields, which),
    newBrowser: () => new AdminBrowser(api.origin),
  })
}

/** Opens a link as `behalf admin` makes it, and presses its button. */
export async function signInByLink(deps: BrokerDeps, browser: AdminBrowser): Promise<AdminPage> {
  const {code} = await makeSignInLink(deps)
  const page = await browser.open(`/admin/sign-in?link=${code.reveal()}`)
  return browser.submit(page)
}

/** Keeps cookies, follows redirects, sends forms: what a browser does without scripts. */
export class AdminBrowser {
  readonly origin: string
  readonly cookies = new Map<string, string>()

  constructor(origin: string) {
    this.origin = origin
  }

  async open(path: string): Promise<AdminPage> {
    return this.#follow(await this.send('GET', path), path)
  }

  /**
   * Sends a form as it stands there, with what was filled in. Every form that posts must carry its CSRF token.
   * @param elsewhere Where it is sent by somebody who bends it.
   */
  async submit(page: AdminPage, fields: Fields = {}, which: FormChoice = {}, elsewhere?: string): Promise<AdminPage> {
    const form = chooseForm(page, which)
    const button = findAll(form, ({name}) => name === 'button').find(
      (one) => which.button === undefined || textOf(one) === which.button,
    )
    assert.ok(button, 'the form has no such button')
    const inputs = fillIn(form, button, fields)
    const action = elsewhere ?? form.attributes.action ?? page.url
    if (form.attributes.method !== 'post') return this.open(`${action}?${inputs.toString()}`)
    if (!action.startsWith('/admin/sign-in')) assert.ok(inputs.get('csrf'), `the form to ${action} has no CSRF token`)
    const headers = {Origin: this.origin, 'Sec-Fetch-Site': 'same-origin', Referer: `${this.origin}${page.url}`}
    return this.#follow(await this.send('POST', action, headers, inputs), action)
  }

  /** One request with this browser's cookies; what the answer sets is kept. */
  async send(method: string, path: string, headers: Record<string, string> = {}, body?: URLSearchParams | string) {
    const url = new URL(path, this.origin)
    const response = await fetch(url, {
      method,
      redirect: 'manual',
      headers: {...(this.cookies.size > 0 && {Cookie: this.cookieHeader}), ...headers},
      ...(body !== undefined && {body}),
    })
    for (const line of response.headers.getSetCookie()) this.#keep(line)
    return response
  }

  get cookieHeader(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  async #follow(first: Response, path: string): Promise<AdminPage> {
    let [response, url] = [first, path]
    for (let hops = 0; response.status >= 300 && response.status < 400; hops += 1) {
      assert.ok(hops < 5, 'redirected in a circle')
      await response.text()
      const next = new URL(response.headers.get('location') ?? '', new URL(url, this.origin))
      url = next.origin === this.origin ? `${next.pathname}${next.search}` : next.href
      if (next.origin !== this.origin) break
      response = await this.send('GET', url)
    }
    return readPage(response, url)
  }

  #keep(line: string): void {
    const [pair = '', ...attributes] = line.split(/; */)
    const at = pair.indexOf('=')
    const isOver = attributes.some((attribute) => /^max-age=0$/i.test(attribute))
    if (isOver) this.cookies.delete(pair.slice(0, at))
    else this.cookies.set(pair.slice(0, at), pair.slice(at + 1))
  }
}

async function readPage(response: Response, url: string): Promise<AdminPage> {
  const html = response.bodyUsed ? '' : await response.text()
  const isHtml = response.headers.get('content-type')?.startsWith('text/html') ?? false
  const document = parseHtml(isHtml ? html : '')
  const {status, headers} = response
  return {url, status, headers, html, document, text: isHtml ? textOf(document) : html}
}

function chooseForm({document}: AdminPage, {action, button}: FormChoice): Element {
  const forms = findAll(document, ({name}) => name === 'form')
  const [main = document] = findAll(document, ({name}) => name === 'main')
  const inMain = findAll(main, ({name}) => name === 'form')
  const isMeant = (form: Element): boolean =>
    (action === undefined || form.attributes.action === action) &&
    (button === undefined || findAll(form, ({name}) => name === 'button').some((one) => textOf(one) === button))
  const form = [...inMain, ...forms].find(isMeant)
  assert.ok(form, `there is no form ${JSON.stringify({action, button})} on the page: ${textOf(document).slice(0, 400)}`)
  return form
}

/** What a browser would send of a form (HTML, 4.10.21). */
function fillIn(form: Element, button: Element, fields: Fields): URLSearchParams {
  const sent: [string, string][] = []
  for (const control of findAll(form, ({name}) => ['input', 'select', 'textarea'].includes(name))) {
    const {name = '', disabled} = control.attributes
    if (name === '' || disabled !== undefined || name in fields) continue
    for (const value of valuesOf(control)) sent.push([name, value])
  }
  for (const [name, value] of Object.entries(fields)) {
    for (const one of [value ?? []].flat()) sent.push([name, one])
  }
  const {name, value = ''} = button.attributes
  if (name) sent.push([name, value])
  return new URLSearchParams(sent)
}

function valuesOf(control: Element): string[] {
  const {type = 'text', value, checked} = control.attributes
  if (control.name === 'textarea') return [control.children.filter((child) => typeof child === 'string').join('')]
  if (control.name === 'select') {
    const options = findAll(control, ({name}) => name === 'option')
    const chosen = options.find(({attributes}) => attributes.selected !== undefined) ?? options[0]
    return chosen ? [chosen.attributes.value ?? textOf(chosen)] : []
  }
  if (['submit', 'button', 'file', 'image', 'reset'].includes(type)) return []
  if (type === 'checkbox' || type === 'radio') return checked === undefined ? [] : [value ?? 'on']
  return [value ?? '']
}
