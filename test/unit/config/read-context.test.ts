import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {chmod, chown, lchown, mkdir, realpath, rm, symlink, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import {readContext} from '../../../src/config/read-context.js'
import {BehalfError} from '../../../src/model/behalf-error.js'
import {skipWithout} from '../../support/skip-without.js'
import {makeTemporaryFolder, removeFolder} from '../../support/temporary-folder.js'

const OWNER = {context: {source: {kind: 'owner'}}, warnings: []}
const isRoot = process.getuid?.() === 0
const SOMEONE_ELSE = 12_345

describe('the context', () => {
  let top: string
  let folder: string
  let file: string

  beforeEach(async () => {
    top = await realpath(await makeTemporaryFolder())
    folder = join(top, 'work', 'overlay')
    file = join(folder, '.behalf.json')
    await mkdir(folder, {recursive: true})
  })
  afterEach(() => removeFolder(top))

  const write = async (path: string, content: string | Buffer, mode = 0o644) => {
    await writeFile(path, content)
    await chmod(path, mode)
  }
  const read = (from = folder) => readContext({}, from)
  const failure = (): BehalfError => {
    try {
      read()
    } catch (error) {
      assert.ok(error instanceof BehalfError)
      return error
    }
    throw new Error('nothing was thrown')
  }

  it('is the owner where nothing says anything', () => {
    assert.deepEqual(read(), OWNER)
    assert.deepEqual(readContext({}, '/'), OWNER)
  })

  it('is BEHALF_AS before any file, which is then not read at all', async () => {
    await write(file, 'no JSON')
    const context = {as: 'otherbot', source: {kind: 'environment', variable: 'BEHALF_AS'}}
    assert.deepEqual(readContext({as: 'otherbot'}, folder), {context, warnings: []})
  })

  it('is the file of the working folder', async () => {
    await write(file, '{"as":"techydrroid","provider":"sandbox"}')
    const context = {as: 'techydrroid', provider: 'sandbox', source: {kind: 'file', path: file}}
    const before = process.cwd()
    process.chdir(folder)
    try {
      assert.deepEqual(readContext({}), {context, warnings: []})
    } finally {
      process.chdir(before)
    }
  })

  it('is the nearest file upwards, and nothing is taken from one further up', async () => {
    await write(join(top, '.behalf.json'), '{"as":"far","provider":"far"}')
    assert.equal(read().context.as, 'far')
    await write(join(top, 'work', '.behalf.json'), '{"as":"near"}')
    const source = {kind: 'file', path: join(top, 'work', '.behalf.json')}
    assert.deepEqual(read().context, {as: 'near', source})
    await write(file, '{}')
    assert.deepEqual(read().context, {source: {kind: 'file', path: file}})
  })

  it('leaves alone what a later version may put in, and a byte order mark', async () => {
    await write(file, '\ufeff{"as":"techydrroid","since":{"a":1}}\n')
    assert.deepEqual(read().context, {as: 'techydrroid', source: {kind: 'file', path: file}})
  })

  it('is the owner where the working folder is gone', () => {
    const script = `
      import {readContext} from ${JSON.stringify(join(import.meta.dirname, '../../../src/config/read-context.ts'))}
      import {mkdtempSync, rmdirSync} from 'node:fs'
      const gone = mkdtempSync('/tmp/behalf-test-')
      process.chdir(gone)
      rmdirSync(gone)
      console.log(JSON.stringify(readContext({})))`
    const out = execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      encoding: 'utf8',
    })
    assert.deepEqual(JSON.parse(out), OWNER)
  })

  describe('ignores a file, and goes on upwards,', () => {
    beforeEach(() => write(join(top, '.behalf.json'), '{"as":"far"}'))

    const ignored = (why: RegExp) => {
      const {context, warnings} = read()
      assert.equal(context.as, 'far')
      assert.equal(warnings.length, 1)
      const [warning = ''] = warnings
      assert.ok(warning.startsWith(`${file} is ignored: `), warning)
      assert.match(warning, why)
    }

    for (const mode of [0o664, 0o646, 0o620, 0o602]) {
      it(`of mode ${mode.toString(8)}`, async () => {
        await write(file, '{"as":"near"}', mode)
        ignored(/: others can write to it\. To mend that: chmod go-w \/\S+\/overlay\/\.behalf\.json$/)
      })
    }

    it('that is a folder', async () => {
      await mkdir(file)
      ignored(/not a file/)
    })

    it('that is a pipe, without waiting for who writes to it', () => {
      execFileSync('mkfifo', [file])
      ignored(/not a file/)
    })

    it('that is a link to one that others can write to', async () => {
      await write(join(top, 'target'), '{"as":"near"}', 0o666)
      await symlink(join(top, 'target'), file)
      ignored(/others can write to it/)
    })

    describe('that is not one’s own:', () => {
      before(function () {
        skipWithout('root', isRoot, this)
      })

      it('it belongs to someone else', async () => {
        await write(file, '{"as":"near"}')
        await chown(file, SOMEONE_ELSE, SOMEONE_ELSE)
        ignored(/it belongs to someone else\.$/)
      })

      it('it is a link which belongs to someone else', async () => {
        await write(join(top, 'target'), '{"as":"near"}')
        await symlink(join(top, 'target'), file)
        await lchown(file, SOMEONE_ELSE, SOMEONE_ELSE)
        ignored(/the link belongs to someone else/)
      })

      it('it is a link to one that belongs to someone else', async () => {
        await write(join(top, 'target'), '{"as":"near"}')
        await chown(join(top, 'target'), SOMEONE_ELSE, SOMEONE_ELSE)
        await symlink(join(top, 'target'), file)
        ignored(/it belongs to someone else/)
      })
    })
  })

  it('takes modes that only the owner can write through, and a link of one’s own', async () => {
    for (const mode of [0o600, 0o644, 0o444, 0o755]) {
      await write(file, '{"as":"near"}', mode)
      assert.equal(read().context.as, 'near', mode.toString(8))
      await rm(file)
    }
    await write(join(top, 'target'), '{"as":"near"}')
    await symlink(join(top, 'target'), file)
    assert.deepEqual(read().context, {as: 'near', source: {kind: 'file', path: file}})
  })

  describe('refuses a file of one’s own, naming it and what is wrong,', () => {
    const cases: [string, string | Buffer, RegExp][] = [
      ['that is empty', '', /is not JSON/],
      ['that is no JSON', 'as: techydrroid', /is not JSON: /],
      ['that is a list', '[]', /is not a JSON object/],
      ['that is null', 'null', /is not a JSON object/],
      ['with an account that is a number', '{"as":1001}', /malformed “as”/],
      ['with an account that is null', '{"as":null}', /malformed “as”/],
      ['with an empty account', '{"as":""}', /malformed “as”/],
      ['with an empty provider', '{"as":"x","provider":""}', /malformed “provider”/],
      ['with an account longer than any', `{"as":"${'x'.repeat(257)}"}`, /malformed “as”/],
      ['that is not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), /is not UTF-8/],
      ['that is longer than 64 KiB', `{"as":"x"}${' '.repeat(64 * 1024)}`, /longer than 64 KiB/],
    ]
    for (const [what, content, why] of cases) {
      it(what, async () => {
        await write(file, content)
        const {code, message, hint} = failure()
        assert.equal(code, 'configuration')
        assert.ok(message.startsWith(`${file} `), message)
        assert.match(message, why)
        assert.match(hint ?? '', /\{"as":"techydrroid","provider":"twitch"\}/)
      })
    }

    it('of 64 KiB not yet', async () => {
      await write(file, `{"as":"x"}`.padEnd(64 * 1024))
      assert.equal(read().context.as, 'x')
    })

    it('that is a link to nothing', async () => {
      await symlink(join(top, 'nowhere'), file)
      assert.match(failure().message, /cannot be read \(ENOENT\)/)
    })

    it('that is a link to itself', async () => {
      await symlink(file, file)
      assert.match(failure().message, /cannot be read \(ELOOP\)/)
    })
  })
})
