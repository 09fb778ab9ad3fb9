import assert from 'node:assert/strict'
import {writeFile} from 'node:fs/promises'

import {watchProcessArguments} from '../support/process-arguments.js'
import {makeHome} from '../support/program-home.js'
import {SecretWatch} from '../support/secret-watch.js'

const PLANTED = 'planted-made-up-secret/?>?~' // Its base64 has signs that base64url has not.

/** The search itself is done when all end-to-end tests have run (`e2e-run.ts`). */
describe('the search for secrets in all that the end-to-end tests leave behind', () => {
  it('finds one in an output, in the arguments of a process, and in a file beside the store', async () => {
    const watch = new SecretWatch()
    const home = await makeHome(watch)
    const stop = watchProcessArguments((line) => watch.see('the arguments of a process', line))
    watch.keep('planted secret', PLANTED)
    await home.run(['bot', 'token', PLANTED])
    await home.run(['bot', 'token', PLANTED, '--json'])
    stop()
    await writeFile(`${home.path}/left-over`, `{"token":"${PLANTED}"}`)
    await home.remove()
    assert.deepEqual(watch.findLeaks(), [
      'planted secret in left-over',
      `planted secret in stderr of bot token ${PLANTED}`,
      `planted secret in stdout of bot token ${PLANTED} --json`,
      'planted secret in the arguments of a process',
    ])
  })

  const DISGUISES = {
    'a URL': encodeURIComponent(PLANTED),
    hex: Buffer.from(PLANTED).toString('hex'),
    base64: Buffer.from(PLANTED).toString('base64'),
    base64url: Buffer.from(PLANTED).toString('base64url'),
  }
  for (const [form, text] of Object.entries(DISGUISES)) {
    it(`finds one that is written as in ${form}`, () => {
      const watch = new SecretWatch()
      watch.keep('planted secret', PLANTED)
      watch.see('a log', `… ${text} …`)
      assert.deepEqual(watch.findLeaks(), [`planted secret, in ${form} in a log`])
    })
  }

  it('finds nothing where there is nothing', () => {
    const watch = new SecretWatch()
    watch.keep('planted secret', PLANTED)
    watch.see('a log', PLANTED.slice(1))
    watch.see('a log', PLANTED.slice(0, -1))
    assert.deepEqual(watch.findLeaks(), [])
  })
})
