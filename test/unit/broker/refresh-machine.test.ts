import {existsSync} from 'node:fs'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {Secret} from '../../../src/model/secret.js'
import {openJsonStore} from '../../../src/store/json-store.js'
import {describeRefreshMachine} from '../../support/refresh-machine.js'

const RUNS = process.env.BEHALF_TEST_LONG === '1' ? 1500 : 40

/** In memory where there is such a place: thousands of fsyncs are not what is tested here. */
const FOLDER = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
const SECRET = {kind: 'inline' as const, value: new Secret('AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA')}

describeRefreshMachine('the refresh machine', RUNS, async () => {
  const folder = await mkdtemp(join(FOLDER, 'behalf-machine-'))
  return {
    open: (clock) => openJsonStore({path: join(folder, 'store.json'), secret: SECRET, clock}),
    dispose: () => rm(folder, {recursive: true}),
  }
})
