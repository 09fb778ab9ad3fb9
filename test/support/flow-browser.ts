/** A browser at behalf's pages, as far as its cookies and forms go; it follows no redirect by itself. */
export class FlowBrowser {
  readonly #cookies = new Map<string, string>()

  /** The cookies that it would send. */
  get cookies(): readonly string[] {
    return Array.from(this.#cookies, ([name, value]) => `${name}=${value}`)
  }

  /** Opens an address, or posts a form there. */
  async open(url: string, options: {form?: Record<string, string>; headers?: Record<string, string>} = {}) {
    const {form, headers = {}} = options
    const response = await fetch(url, {
      redirect: 'manual',
      headers: {accept: 'text/html', cookie: this.cookies.join('; '), ...headers},
      ...(form && {method: 'POST', body: new URLSearchParams(form)}),
    })
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';')
      this.#cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1))
    }
    const html = await response.text()
    return {url, status: response.status, headers: response.headers, html, title: titleOf(html)}
  }

  /** Sends the form of a page, with the button that is named. */
  submit(page: FlowPageView, decision?: string) {
    const action = /<form method="post" action="([^"]*)"/.exec(page.html)?.[1] ?? ''
    const hidden = page.html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)
    const form = Object.fromEntries(Array.from(hidden, ([, name = '', value = '']) => [name, value]))
    return this.open(new URL(action, page.url).href, {form: {...form, ...(decision !== undefined && {decision})}})
  }
}

export type FlowPageView = Awaited<ReturnType<FlowBrowser['open']>>

const titleOf = (html: string): string => /<h1>(.*?)<\/h1>/.exec(html)?.[1] ?? ''
