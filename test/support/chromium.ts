import {accessSync, constants} from 'node:fs'
import {join} from 'node:path'

import {chromium, type Browser} from 'playwright-core'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome']

/** Where the system's Chromium is; undefined when there is none. */
const chromiumPath = findChromium()

function findChromium(): string | undefined {
  const folders = (process.env.PATH ?? '').split(':').filter((folder) => folder !== '')
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The title of tests that need a browser: it says why they are skipped where there is none. */
export const inChromium = (title: string): string =>
  chromiumPath === undefined ? `${title} (needs Chromium, which is not on the PATH)` : title

/**
 * A real browser without a window, with a profile of its own that goes when it is closed.
 * Without Chromium the tests of `context` are skipped, unless none may be (`BEHALF_TEST_NO_SKIP=1`).
 */
export async function launchChromium(context: Mocha.Context): Promise<Browser> {
  if (chromiumPath === undefined) {
    if (process.env.BEHALF_TEST_NO_SKIP === '1') throw new Error('Chromium is not installed, and no test may be skipped')
    context.skip()
  }
  return chromium.launch({
    executablePath: chromiumPath,
    headless: true,
    chromiumSandbox: false,
    args: ['--disable-gpu', '--disable-quic'],
  })
}
