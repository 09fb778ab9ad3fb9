import {chromium, type Browser} from 'playwright-core'

import {findProgram, needing, skipWithout} from './skip-without.js'

const chromiumPath = findProgram('chromium', 'chromium-browser', 'google-chrome')
const isThere = chromiumPath !== undefined

/** The title of tests that need a browser. */
export const inChromium = (title: string): string => needing('Chromium on the PATH', isThere, title)

/**
 * A real browser without a window, with a profile of its own that goes when it is closed.
 * Without Chromium the tests of `context` are skipped.
 * @param more Arguments of its own for this test.
 */
export async function launchChromium(context: Mocha.Context, more: string[] = []): Promise<Browser> {
  skipWithout('Chromium on the PATH', isThere, context)
  return chromium.launch({
    ...(isThere && {executablePath: chromiumPath}),
    headless: true,
    chromiumSandbox: false,
    args: ['--disable-gpu', '--disable-quic', ...more],
  })
}
