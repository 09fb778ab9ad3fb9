import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import type {Sandbox} from '../../src/sandbox/start-sandbox.js'
import {readDocBlocks, type DocBlock} from '../support/doc-blocks.js'
import {findFreePort} from '../support/free-port.js'
import {linkPackages} from '../support/packed-program.js'
import type {ProgramHome} from '../support/program-home.js'
import type {ProgramEnd} from '../support/running-program.js'
import {issueToken, startServing} from '../support/serving.js'
import {findProgram, needing, skipWithout} from '../support/skip-without.js'
import {stockHome} from '../support/stocked-home.js'
import {startWatchedSandbox} from '../support/watched-sandbox.js'

const blocks = readDocBlocks('docs/clients.md')
const blocksOf = (mark: string): DocBlock[] => blocks.filter((block) => block.mark === mark)
const PACKAGES = ['@twurple/api', '@twurple/chat', 'irc-framework', 'tmi.js']

const python = findProgram('python3')
const hasRequests = python !== undefined && spawnSync(python, ['-c', 'import requests']).status === 0
const hasCurl = findProgram('curl') !== undefined

/** What each line of a program says that it prints, in their order. */
const expectedOf = (code: string, comment: string): string[] =>
  code
    .split('\n')
    .filter((line) => /^(?:console\.log|print)\(/.test(line))
    .map((line) => line.slice(line.lastIndexOf(comment) + comment.length).trim())

describe('the programs in docs/clients.md', function () {
  this.timeout(60_000)

  let sandbox: Sandbox
  let home: ProgramHome
  let port: number
  let ircPort: number
  let apiToken: string

  before(async () => {
    sandbox = await startWatchedSandbox({irc: {port: 0}})
    home = await stockHome(sandbox, [
      {login: 'streamer_sam', role: 'owner'},
      {login: 'techydrroid', scopes: ['chat:read', 'chat:edit']},
    ])
    await linkPackages(home.path, PACKAGES)
    ircPort = await findFreePort()
    const [shown] = blocksOf('serve')
    const flags = (shown?.code ?? '')
      .replace('behalf serve ', '')
      .replace(':6667', `:${String(ircPort)}`)
      .split(' ')
    ;({port} = await startServing(home, [...flags, '--irc-upstream', `irc://localhost:${String(sandbox.ircPort)}`]))
    apiToken = await issueToken(home, ['--scope', 'helix', '--scope', 'chat', '--as-any'])
    for (const {mark, code} of blocks) {
      if (mark.startsWith('file: ')) await writeFile(join(home.path, mark.slice('file: '.length)), adapt(code))
    }
  })
  after(async () => {
    await home.remove()
    await sandbox.stop()
  })

  /** The page's ports are the usual ones, which may be taken here. */
  const adapt = (code: string): string =>
    code
      .replaceAll('localhost:8420', `localhost:${String(port)}`)
      .replaceAll('port: 8420', `port: ${String(port)}`)
      .replaceAll('port: 6667', `port: ${String(ircPort)}`)

  async function runFile(program: string, name: string, code: string): Promise<ProgramEnd> {
    await writeFile(join(home.path, name), adapt(code))
    // Only who takes tokens from the store is to be told where the sandbox is: all others know the daemon alone.
    const isDirect = code.includes('behalf/twurple')
    const env = {BEHALF_TOKEN: apiToken, ...(isDirect && {TWURPLE_MOCK_API_PORT: String(sandbox.port)})}
    return home.startHere(program, [name], {env}).ended
  }

  for (const [index, {code}] of blocksOf('run').entries()) {
    const [, title = ''] = /from '([^.][^']*)'/.exec(code) ?? []
    it(`print what they say: ${title} (${String(index + 1)})`, async () => {
      const {exitCode, stdout, stderr} = await runFile(process.execPath, `program-${String(index)}.mjs`, code)
      const said = expectedOf(code, ' // ')
      assert.ok(said.length > 0)
      // Libraries tell of themselves, in ways of their own.
      const lines = stdout.split('\n').filter((line) => !/\binfo: /.test(line))
      assert.deepEqual([exitCode, lines.slice(0, -1)], [0, said], stderr)
    })
  }

  it(needing('python3 with requests', hasRequests, 'print what they say: Python'), async function () {
    skipWithout('python3 with requests', hasRequests, this)
    const [{code} = {code: ''}] = blocksOf('python')
    const {exitCode, stdout, stderr} = await runFile(python ?? '', 'program.py', code)
    assert.deepEqual([exitCode, stdout.trim().split('\n')], [0, expectedOf(code, '  # ')], stderr)
  })

  it(needing('curl', hasCurl, 'answer what was asked: the shell'), async function () {
    skipWithout('curl', hasCurl, this)
    const line = blocksOf('shell').map(({code}) => adapt(code))
    const {exitCode, stdout, stderr} = await home.runShell(['set -e', ...line].join('\n'))
    assert.equal(exitCode, 0, stderr)
    const {data} = JSON.parse(stdout) as {data: {login: string}[]}
    assert.deepEqual(
      data.map(({login}) => login),
      ['techydrroid'],
    )
  })

  it('are all there', () => {
    const counts = ['run', 'python', 'shell', 'serve'].map((mark) => blocksOf(mark).length)
    assert.deepEqual(counts, [5, 1, 2, 1])
  })
})
