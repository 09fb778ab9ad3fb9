/** Walks the pages of a server without a browser: keeps cookies, follows redirects there, fills in forms. */
export class FormWalker {
  readonly #cookies = new Map<string, string>()
  readonly #origin: string

  constructor(origin: string) {
    this.#origin = origin
  }

  /** The page that a URL leads to, or the first URL outside of the server. */
  async open(url: string, form?: Record<string, string>): Promise<Page> {
    let response = await this.#request(url, form)
    let at = url
    while (response.status >= 300 && response.status < 400) {
      at = new URL(response.headers.get('location') ?? '', at).href
      if (!at.startsWith(this.#origin)) return {url: at, html: ''}
      response = await this.#request(at)
    }
    return {url: at, html: await response.text()}
  }

  /** Sends the first form of a page, its hidden inputs and these. */
  async submit(page: Page, inputs: Record<string, string> = {}): Promise<Page> {
    const action = /<form[^>]*action="([^"]*)"/.exec(page.html)?.[1] ?? page.url
    const hidden = [...page.html.matchAll(/<input[^>]*type="hidden"[^>]*name="([^"]*)"[^>]*value="([^"]*)"/g)]
    const form = Object.fromEntries(hidden.map(([, name = '', value = '']) => [name, value]))
    return this.open(new URL(action, page.url).href, {...form, ...inputs})
  }

  async #request(url: string, form?: Record<string, string>): Promise<Response> {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: {cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')},
      ...(form && {method: 'POST', body: new URLSearchParams(form)}),
    })
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';')
      const split = pair.indexOf('=')
      this.#cookies.set(pair.slice(0, split), pair.slice(split + 1))
    }
    return response
  }
}

export interface Page {
  url: string
  html: string
}
