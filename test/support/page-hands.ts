import assert from 'node:assert/strict'

import type {Locator, Page} from 'playwright-core'

/** How somebody does things at a page. */
export interface Hands {
  /** Follows a link, presses a button, ticks a box. */
  press(target: Locator): Promise<void>
  write(target: Locator, text: string): Promise<void>
}

export const mouse: Hands = {
  press: (target) => target.click(),
  async write(target, text) {
    await target.click()
    await target.fill(text)
  },
}

/** More stops than any page has. */
const MOST_STOPS = 400

/** Somebody who has no mouse: Tab leads there, Enter follows links and presses buttons, Space ticks boxes. */
export function keyboardOf(page: Page): Hands {
  async function reach(target: Locator): Promise<void> {
    await target.waitFor()
    for (let stops = 0; stops < MOST_STOPS; stops += 1) {
      if (await hasFocus(target)) return
      await page.keyboard.press('Tab')
    }
    assert.fail(`Tab does not lead to ${String(target)}`)
  }
  return {
    async press(target) {
      await reach(target)
      const isBox = await target.evaluate((element: SeenElement) => element.matches('input[type=checkbox]'))
      await page.keyboard.press(isBox ? 'Space' : 'Enter')
    },
    async write(target, text) {
      await reach(target)
      await page.keyboard.type(text)
    },
  }
}

/** What is used of an element; the types of a browser are not those of Node. */
interface SeenElement {
  ownerDocument: {activeElement: unknown}
  matches(selector: string): boolean
}

export const hasFocus = (target: Locator): Promise<boolean> =>
  target.evaluate((element: SeenElement) => element === element.ownerDocument.activeElement)

/** Where the focus is among all elements of the page; -1: nowhere. */
const FOCUSED = `[...document.querySelectorAll('body *')].indexOf(document.activeElement)`

/** Tabs once through a page: each stop comes after the one before, and the last is followed by the first. */
export async function findTabStops(page: Page): Promise<number[]> {
  const stops: number[] = []
  for (;;) {
    await page.keyboard.press('Tab')
    const stop = await page.evaluate<number>(FOCUSED)
    if (stop === -1 || stop === stops[0]) return stops
    stops.push(stop)
    assert.ok(stops.length < MOST_STOPS, 'Tab goes round without an end')
  }
}
