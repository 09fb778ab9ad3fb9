/** A person with a browser at a sandbox's pages, as far as forms and redirects go; without scripts or rendering. */
export interface SandboxPerson {
  /**
   * Opens an authorization (or device) page, logs in as `login` and decides.
   * @returns where the provider sends the browser, not opened yet; for a device page the page itself.
   */
  decide(url: string, decision?: 'authorize' | 'cancel'): Promise<string>
  /** Decides and follows the way back to the callback. */
  comeBack(url: string, decision?: 'authorize' | 'cancel'): Promise<Response>
}

const MOST_HOPS = 10

export function createSandboxPerson(login: string): SandboxPerson {
  const cookies = new Map<string, string>()

  async function request(url: string, form?: Record<string, string>): Promise<Response> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(url, {
      redirect: 'manual',
      headers: {cookie, ...(form && {origin: new URL(url).origin})},
      ...(form && {method: 'POST', body: new URLSearchParams(form)}),
    })
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';', 1)[0] ?? '').split('=')
      cookies.set(name, value)
    }
    return response
  }

  async function decide(start: string, decision: 'authorize' | 'cancel' = 'authorize'): Promise<string> {
    const {origin} = new URL(start)
    let url = start
    let response = await request(url)
    for (let hop = 0; hop < MOST_HOPS; hop += 1) {
      const location = response.headers.get('location')
      if (location !== null) {
        url = new URL(location, url).href
        if (new URL(url).origin !== origin) return url
        response = await request(url)
        continue
      }
      const page = await response.text()
      const action = /<form method="post" action="([^"]*)"/.exec(page)?.[1]?.replaceAll('&amp;', '&')
      if (action === undefined) return page
      url = new URL(action, url).href
      response = await request(url, page.includes('value="authorize"') ? {action: decision} : {login})
    }
    throw new Error(`The sandbox's pages lead in circles: ${url}`)
  }

  return {
    decide,
    async comeBack(url, decision) {
      const back = await decide(url, decision)
      return fetch(back, {redirect: 'manual'})
    },
  }
}
