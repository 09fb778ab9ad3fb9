import type {Page} from 'playwright-core'

/** What behalf's own page says to the person whom the provider has sent back. */
export interface CallbackVisit {
  status: number
  title: string
  text: string
}

/** Does something that leads to the callback, and reads the page there. */
export async function visitCallback(
  page: Page,
  callbackUrl: string,
  act: () => Promise<unknown>,
): Promise<CallbackVisit> {
  const [response] = await Promise.all([
    page.waitForResponse((answer) => answer.url().startsWith(callbackUrl)),
    page.waitForURL((url) => url.href.startsWith(callbackUrl)),
    act(),
  ])
  const texts = await page.locator('main p').allInnerTexts()
  return {status: response.status(), title: await page.locator('h1').innerText(), text: texts.join('\n')}
}
