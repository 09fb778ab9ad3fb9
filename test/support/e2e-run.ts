import assert from 'node:assert/strict'
import {chmodSync, mkdtempSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'

import {packProgram, type PackedProgram} from './packed-program.js'
import {watchProcessArguments} from './process-arguments.js'
import {RUN_FOLDER} from './run-hooks.js'
import {SecretWatch} from './secret-watch.js'
import {afterSharing} from './shared-parts.js'

/** What all end-to-end tests of one process share; the folder ends with the run. */
interface EndToEndRun {
  readonly folder: string
  readonly program: Promise<PackedProgram>
}

let current: EndToEndRun | undefined
let stopWatching: (() => void) | undefined

/** Every secret the end-to-end tests use, and all that could be seen of them. */
export const watch = new SecretWatch()

/** Packs the program for whoever comes first. */
export function joinRun(): EndToEndRun {
  stopWatching ??= watchProcessArguments((line) => watch.see('the arguments of a process', line))
  current ??= startRun()
  return current
}

function startRun(): EndToEndRun {
  const folder = mkdtempSync(join(process.env[RUN_FOLDER] ?? tmpdir(), 'e2e-'))
  for (const opened of [dirname(folder), folder]) chmodSync(opened, 0o755) // Some tests run it as another user.
  return {folder, program: packProgram(folder)}
}

afterSharing(() => {
  stopWatching?.()
  stopWatching = undefined
  const leaks = watch.findLeaks()
  watch.forgetSeen()
  assert.deepEqual(leaks, [], 'secrets of the end-to-end tests were seen')
})
