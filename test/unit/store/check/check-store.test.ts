import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {existsSync} from 'node:fs'
import {chmod, copyFile, mkdir, readdir, readFile, rm, truncate, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'

import type {SealingSecretSource} from '../../../../src/config/settings.js'
import {Secret} from '../../../../src/model/secret.js'
import {isSound, type StoreFinding, type StoreReport} from '../../../../src/model/store-report.js'
import {checkFileSystem} from '../../../../src/store/check/check-file-system.js'
import {checkJsonStore} from '../../../../src/store/check/check-store.js'
import {acquireFileLock} from '../../../../src/store/file-lock.js'
import type {Store} from '../../../../src/store/store.js'
import {makeJsonStorePlace, type JsonStorePlace} from '../../../support/json-store-place.js'
import {makeAccount} from '../../../support/make-account.js'
import {makeProvider} from '../../../support/make-provider.js'

describe('checkJsonStore', () => {
  let place: JsonStorePlace
  let store: Store

  beforeEach(async () => {
    place = await makeJsonStorePlace()
    store = await place.open()
    await store.providers.put(makeProvider({name: 'twitch'}))
    await store.accounts.put(makeAccount({userId: '1001', login: 'streamer_sam', role: 'owner'}))
    await store.accounts.put(makeAccount({userId: '2002', login: 'techydrroid'}))
  })
  afterEach(() => place.dispose())

  const check = (secret: SealingSecretSource = place.secret): Promise<StoreReport> =>
    checkJsonStore({path: place.path, secret, givenProviders: []})

  async function findOnly(severity: StoreFinding['severity'], code: StoreFinding['code']): Promise<StoreFinding> {
    const {findings} = await check()
    assert.equal(findings.length, 1, JSON.stringify(findings))
    const [finding] = findings
    assert.ok(finding)
    assert.deepEqual([finding.severity, finding.code], [severity, code])
    return finding
  }
  const shell = ({hint = ''}: StoreFinding) => execFileSync('sh', ['-c', hint])
  const change = async (edit: (text: string) => string) =>
    writeFile(place.path, edit(await readFile(place.path, 'utf8')))
  /** All files there are, with what is in them. */
  async function everything(): Promise<Record<string, string>> {
    const entries = await readdir(place.folder, {recursive: true, withFileTypes: true})
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
    const pairs = files.map(async (path) => [path, await readFile(path, 'latin1')] as const)
    return Object.fromEntries(await Promise.all(pairs))
  }

  it('finds nothing in a store that is in order, and changes nothing', async () => {
    const before = await everything()
    const report = await check()
    assert.deepEqual(report.findings, [])
    assert.deepEqual([report.exists, report.accounts, report.location], [true, 2, place.path])
    assert.equal(report.lastWrittenAt, place.clock.now())
    assert.deepEqual(await everything(), before)
  })

  it('makes nothing where nothing is', async () => {
    const path = join(place.folder, 'nowhere', 'store.json')
    const secret = {kind: 'default-key-file', path: join(place.folder, 'nowhere', 'key')} as const
    const report = await checkJsonStore({path, secret, givenProviders: []})
    assert.deepEqual(report, {location: path, exists: false, accounts: 0, findings: []})
    assert.ok(!existsSync(dirname(path)))
  })

  it('names the way back to the backup when the file breaks off, and goes there', async () => {
    await truncate(place.path, 300)
    const [finding] = (await check()).findings
    assert.ok(finding)
    assert.deepEqual([finding.severity, finding.code], ['error', 'store-damaged'])
    shell(finding)
    assert.equal((await findOnly('warning', 'old-copy')).hint, 'behalf refresh')
  })

  it('names the way back when the file is gone', async () => {
    await rm(place.path)
    const finding = await findOnly('error', 'store-missing')
    shell(finding)
    assert.ok(isSound(await check()))
  })

  it('reports a secret that does not open', async () => {
    const {findings} = await check({kind: 'inline', value: new Secret('another made-up passphrase')})
    assert.deepEqual(
      findings.map(({severity, code}) => [severity, code]),
      [['error', 'wrong-secret']],
    )
    await rm(place.keyPath)
    await findOnly('error', 'wrong-secret')
    assert.ok(!existsSync(place.keyPath))
  })

  it('finds each record that does not open, and what mends it', async () => {
    // The access token of one account put in the place of the other's.
    await change((text) => {
      const tokens = [...text.matchAll(/"accessToken":"(v1\.[^"]+)"/g)].map(([, token = '']) => token)
      return text.replace(tokens[1] ?? '', tokens[0] ?? '')
    })
    const finding = await findOnly('error', 'store-damaged')
    assert.match(finding.message, /the account twitch:2002 is damaged: `accessToken`/)
    assert.equal(finding.hint, 'behalf bot add --expect techydrroid')
    await change((text) => text.replace(/"clientSecret":"v1\.[^"]{9}/, '"clientSecret":"v1.AAAAAAAAA'))
    assert.deepEqual(
      (await check()).findings.map(({hint}) => hint),
      ['behalf bot add --expect techydrroid', 'behalf provider replace twitch …'],
    )
  })

  it('finds accounts whose provider is not set up, unless the environment gives it', async () => {
    await store.providers.remove('twitch')
    const finding = await findOnly('warning', 'no-provider')
    assert.match(finding.message, /twitch\/streamer_sam, twitch\/techydrroid/)
    const report = await checkJsonStore({path: place.path, secret: place.secret, givenProviders: ['twitch']})
    assert.deepEqual(report.findings, [])
  })

  it('finds a second owner', async () => {
    await store.accounts.put(makeAccount({userId: '3003', login: 'viewer_vera', role: 'owner'}))
    assert.equal((await findOnly('error', 'two-owners')).hint, 'behalf logout twitch/viewer_vera --keep-grant')
  })

  it('finds an API token for an account that is gone', async () => {
    const token = {
      id: 'MadeUp01',
      name: 'overlay',
      salt: 'made-up',
      hmac: 'made-up',
      scopes: ['helix:read'],
      asAny: false,
    }
    await store.apiTokens.put({...token, as: ['twitch:9999'], issuedAt: place.clock.now()})
    assert.equal((await findOnly('warning', 'unknown-account')).hint, 'behalf token revoke MadeUp01')
  })

  it('finds a refresh that was begun and not ended, and one of an account that is gone', async () => {
    const lock = await store.accounts.lock('twitch:2002', {waitMs: 1000})
    await lock.begin()
    const {findings} = await check()
    assert.deepEqual(
      findings.map(({severity, code}) => [severity, code]),
      [
        ['warning', 'refresh-unfinished'],
        ['note', 'lock-held'],
      ],
    )
    assert.match(findings[1]?.message ?? '', new RegExp(`by process ${String(process.pid)} since`))
    await lock.release()
    assert.equal((await findOnly('warning', 'refresh-unfinished')).hint, 'behalf refresh twitch/techydrroid')
    const [name = ''] = await readdir(`${place.path}.journals`)
    await copyFile(join(`${place.path}.journals`, name), join(`${place.path}.journals`, 'f'.repeat(64)))
    assert.deepEqual(
      (await check()).findings.map(({code}) => code),
      ['refresh-unfinished', 'stray-journal'],
    )
  })

  it('finds who has the store to itself', async () => {
    await place.close()
    const gate = await acquireFileLock(`${place.path}.gate`, {mode: 'exclusive', deadlineMs: performance.now() + 1000})
    try {
      assert.match((await findOnly('note', 'lock-held')).message, /kept for one process alone/)
    } finally {
      await gate?.release()
    }
    assert.deepEqual((await check()).findings, [])
  })

  it('finds a backup that cannot be used', async () => {
    await writeFile(`${place.path}.bak.new`, 'made up', {mode: 0o600})
    execFileSync('mv', [`${place.path}.bak.new`, `${place.path}.bak`])
    await findOnly('warning', 'backup-unusable')
  })

  it('finds what other users may do, and the hint takes it from them', async () => {
    for (const [path, mode] of [
      [place.path, 0o640],
      [place.keyPath, 0o604],
      [`${place.path}.bak`, 0o660],
      [dirname(place.path), 0o777],
    ] as const) {
      await chmod(path, mode)
      const finding = await findOnly('warning', 'open-to-others')
      assert.match(finding.hint ?? '', /^chmod /)
      shell(finding)
      assert.deepEqual((await check()).findings, [], path)
    }
  })

  it('finds the key beside the store', async () => {
    const beside = join(dirname(place.path), 'secret.key')
    await copyFile(place.keyPath, beside)
    await chmod(beside, 0o600)
    const {findings} = await check({kind: 'file', path: beside})
    assert.deepEqual(
      findings.map(({code}) => code),
      ['key-beside-store'],
    )
  })

  it('refuses what cannot be a store’s path', async () => {
    await mkdir(join(place.folder, 'folder.json'))
    const path = join(place.folder, 'folder.json')
    await assert.rejects(checkJsonStore({path, secret: place.secret, givenProviders: []}), {code: 'configuration'})
  })
})

describe('checkFileSystem', () => {
  const checkOf = (type: number, bavail = 1e6) =>
    checkFileSystem('/made/up/store.json', () => Promise.resolve({type, bavail, bsize: 4096}))

  for (const [name, type] of [
    ['NFS', 0x6969],
    ['CIFS', 0xff534d42],
    ['CIFS, as a signed number', 0xff534d42 | 0],
    ['9P', 0x01021997],
  ] as const) {
    it(`refuses ${name}`, async function () {
      if (process.platform !== 'linux') this.skip()
      assert.deepEqual(
        (await checkOf(type)).map(({severity, code}) => [severity, code]),
        [['error', 'network-file-system']],
      )
    })
  }

  it('takes local ones, and finds a full disk', async () => {
    for (const local of [0xef53, 0x58465342, 0x9123683e, 0x01021994, 0x794c7630])
      assert.deepEqual(await checkOf(local), [])
    assert.deepEqual(
      (await checkOf(0xef53, 0)).map(({code}) => code),
      ['store-full'],
    )
  })

  it('asks about the nearest folder that is there', async () => {
    const asked: string[] = []
    await checkFileSystem('/a/b/store.json', (path) => {
      asked.push(path)
      return path === '/'
        ? Promise.resolve({type: 0xef53, bavail: 1e6, bsize: 4096})
        : Promise.reject(new Error('ENOENT'))
    })
    assert.deepEqual(asked, ['/a/b', '/a', '/'])
  })
})
