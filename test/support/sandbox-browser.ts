import type {Answer, SandboxCaller} from './sandbox-caller.js'

/** A browser at the sandbox's pages, as far as its cookie and forms go; it follows no redirect by itself. */
export class SandboxBrowser {
  readonly #caller: SandboxCaller
  #cookie = ''

  constructor(caller: SandboxCaller) {
    this.#caller = caller
  }

  /** Opens a path, or posts a form there. */
  async open(path: string, form?: Record<string, string>): Promise<Answer> {
    const answer = await this.#caller.send(path, {
      headers: {cookie: this.#cookie},
      ...(form && {method: 'POST', body: new URLSearchParams(form)}),
    })
    this.#cookie = answer.headers.getSetCookie()[0]?.split(';', 1)[0] ?? this.#cookie
    return answer
  }

  /** Logs in on the way to a path. @returns the page there */
  async logIn(path: string, login: string): Promise<Answer> {
    const answer = await this.open(`/login?${new URLSearchParams({return: path}).toString()}`, {login})
    return this.open(answer.headers.get('location') ?? '')
  }

  /** Presses a button of the consent page. */
  decide(page: Answer, action: 'authorize' | 'cancel'): Promise<Answer> {
    return this.open(formAction(page), {action})
  }
}

/** Where the first form of a page is sent. */
export const formAction = (page: Answer): string =>
  /<form method="post" action="([^"]*)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&') ?? ''
