import {setTimeout as wait} from 'node:timers/promises'

const EVERY_MS = 5

/** Waits until something has come true; on a machine with much to do that may take its time. */
export async function until(what: string, isTrue: () => boolean | Promise<boolean>, atMostMs = 60_000): Promise<void> {
  const deadlineMs = performance.now() + atMostMs
  while (!(await isTrue())) {
    if (performance.now() > deadlineMs) throw new Error(`After ${String(atMostMs / 1000)} s still not: ${what}`)
    await wait(EVERY_MS)
  }
}
