import type {Page} from 'playwright-core'

/** Pages of a stocked store that no link leads to; the window is signed in nowhere at the end. */
export async function* pagesBehindForms(page: Page, origin: string): AsyncGenerator<string> {
  const button = (name: string | RegExp) => page.locator('main').getByRole('button', {name}).first()
  // As a browser that checks nothing itself.
  const send = async (name: string | RegExp): Promise<void> => {
    await page.evaluate('for (const form of document.forms) form.noValidate = true')
    await button(name).click()
  }
  await page.goto(`${origin}/admin/tokens/issue`)
  await send('Issue the token')
  await page.locator('[data-errors]').waitFor()
  yield 'the form of an API token with its errors'
  await page.getByLabel('Name', {exact: true}).fill('made up')
  await page.getByRole('checkbox', {name: 'See points'}).check()
  await button('Issue the token').click()
  await page.getByRole('heading', {level: 1, name: 'The API token made up'}).waitFor()
  yield 'a new API token'
  await page.goto(`${origin}/admin/tokens`)
  await page.getByRole('link', {name: 'made up'}).first().click()
  await page.getByRole('link', {name: 'Give it a new secret'}).click()
  await button('Give it a new secret').click()
  await page.getByRole('heading', {level: 1, name: 'The API token made up'}).waitFor()
  yield 'a new secret of an API token'
  await page.goto(`${origin}/admin/providers/add?other=yes`)
  await send(/^Set up/)
  await page.locator('[data-errors]').waitFor()
  yield 'the form of a provider with its errors'
  await page.goto(`${origin}/admin/sign-out`)
  yield 'signing out'
  await page.context().clearCookies()
  await page.goto(`${origin}/admin/sign-in?signed-out=yes`)
  yield 'signed out'
  await page.goto(`${origin}/admin/sign-in`)
  yield 'signing in'
  await page.getByLabel(/API token/).fill('made-up')
  await send('Sign in')
  await page.locator('[aria-invalid=true]').waitFor()
  yield 'signing in with what is no API token'
  await page.goto(`${origin}/admin/sign-in?link=made-up`)
  yield 'a link that signs nobody in'
}
