import {mkdtemp} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {endSharedParts} from './shared-parts.js'
import {removeFolder} from './temporary-folder.js'

/** The folder of the whole run, which every process of it finds in this variable. */
export const RUN_FOLDER = 'BEHALF_TEST_RUN_FOLDER'

/** mocha calls these once, before and after all files, in the process that starts the others. */
export async function mochaGlobalSetup(): Promise<void> {
  process.env[RUN_FOLDER] = await mkdtemp(join(tmpdir(), 'behalf-run-'))
}

export async function mochaGlobalTeardown(): Promise<void> {
  await removeFolder(process.env[RUN_FOLDER] ?? '')
}

/** After the last test of a run; of each file where files run in parallel. */
export const mochaHooks = {afterAll: endSharedParts}
