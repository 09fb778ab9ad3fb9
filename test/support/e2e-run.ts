import assert from 'node:assert/strict'
import {chmodSync, mkdtempSync} from 'node:fs'
import {rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {packProgram, type PackedProgram} from './packed-program.js'
import {watchProcessArguments} from './process-arguments.js'
import {SecretWatch} from './secret-watch.js'

/** What all end-to-end tests of one run share; whatever is below it ends with the run. */
interface EndToEndRun {
  readonly folder: string
  readonly program: Promise<PackedProgram>
  readonly stop: () => void
}

let current: EndToEndRun | undefined

/** Every secret the end-to-end tests use, and all that could be seen of them. */
export const watch = new SecretWatch()

/** Packs the program for whoever comes first. */
export function joinRun(): EndToEndRun {
  current ??= startRun()
  return current
}

function startRun(): EndToEndRun {
  const folder = mkdtempSync(join(tmpdir(), 'behalf-e2e-'))
  chmodSync(folder, 0o755) // Some tests run it as another user.
  const stop = watchProcessArguments((line) => watch.see('the arguments of a process', line))
  return {folder, program: packProgram(folder), stop}
}

// Once for the whole run, whichever files and in whatever order.
after('none of the secrets that the end-to-end tests used was seen anywhere', async () => {
  if (current === undefined) return
  current.stop()
  await rm(current.folder, {recursive: true, force: true})
  assert.deepEqual(watch.findLeaks(), [])
})
