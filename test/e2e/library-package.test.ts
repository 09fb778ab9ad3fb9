import assert from 'node:assert/strict'
import {readFile, readdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import ts from 'typescript'

import {readDocBlocks} from '../support/doc-blocks.js'
import {makeHome, type ProgramHome} from '../support/program-home.js'

const root = join(import.meta.dirname, '../..')

const ESM_PROGRAM = `import {openBehalf, toNodeHandler, BehalfError, type Behalf, type UserContext} from 'behalf'
import addBehalf from 'behalf/hubot'
import {createAuthProvider} from 'behalf/twurple'
import type {AuthProvider} from '@twurple/auth'
const behalf: Behalf = await openBehalf({store: 'x', logger: console, notify: async (subject, text) => subject + text})
const context: UserContext | undefined = await behalf.getUserContext({subject: 'slack:U1'})
const endsAt: number | undefined = context?.tokens.expiresAt
export const handler = toNodeHandler(behalf.handleRedirect)
export const status: Promise<number> = behalf.fetch('subject:slack:U1', '/users').then((answer) => answer.status)
export const isOurs = (error: unknown): string | undefined =>
  error instanceof BehalfError && error.code === 'login-needed' ? error.authorizationUrl : undefined
export const provider: AuthProvider = await createAuthProvider({intents: {chat: 'techydrroid'}})
export const more = [endsAt, typeof addBehalf]
// @ts-expect-error a typing error in an option
await openBehalf({redishost: 'x'})
// @ts-expect-error a typing error in an option
await createAuthProvider({intent: 'chat'})
// @ts-expect-error no date
await behalf.setUserContext({subject: 'a', userContext: {subject: 'a', userId: '1', tokens: {accessToken: 'x', scopes: [], tokenType: 'bearer', expiresAt: new Date()}}})
// @ts-expect-error a provider is needed
await behalf.startFlow({subject: 'slack:U1'})
// @ts-expect-error it is a code of ours
export const isWrong = (error: BehalfError): boolean => error.code === 'made-up'`

const COMMONJS_PROGRAM = `import type {Behalf} from 'behalf' with {'resolution-mode': 'import'}
export async function main(): Promise<Behalf> {
  const {openBehalf} = await import('behalf')
  const behalf = await openBehalf()
  // @ts-expect-error undefined when there is none
  const {tokens} = await behalf.getUserContext({subject: 'slack:U1'})
  return tokens ? behalf : behalf
}`

/** Also in what the package declares; elsewhere nobody looks. */
function findTypeErrors(files: string[]): string[] {
  const program = ts.createProgram(files, {
    ...{module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2022, lib: ['lib.es2023.d.ts']},
    ...{strict: true, exactOptionalPropertyTypes: true, noEmit: true, types: ['node']},
    typeRoots: [join(root, 'node_modules/@types')],
  })
  return program
    .getSourceFiles()
    .filter(({fileName}) => files.includes(fileName) || fileName.includes('/package/dist/'))
    .flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)])
    .map(({file, messageText}) => `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`)
}

describe('the package in a program of somebody else', function () {
  this.timeout(120_000)

  let home: ProgramHome
  before(async () => {
    home = await makeHome()
  })
  after(() => home.remove())

  /** Runs a program there, and gives what it printed. */
  async function runThere(name: string, code: string): Promise<string> {
    await writeFile(join(home.path, name), code)
    const {exitCode, stdout, stderr} = await home.startHere(process.execPath, [name]).ended
    assert.deepEqual([exitCode, stderr], [0, ''])
    return stdout
  }

  it('does nothing when it is imported: no file, no handler, nothing that keeps the process', async () => {
    const seen = await runThere(
      'import.mjs',
      `const count = () => process.eventNames().map((name) => [name, process.listenerCount(name)])
      const before = count()
      const names = Object.keys(await import('behalf'))
      console.log(JSON.stringify({names, isSame: JSON.stringify(before) === JSON.stringify(count()),
        held: process.getActiveResourcesInfo().filter((kind) => /Timeout|Socket|Server|FSReq|Immediate/.test(kind))}))`,
    )
    assert.deepEqual(JSON.parse(seen), {names: ['BehalfError', 'openBehalf', 'toNodeHandler'], isSame: true, held: []})
    assert.deepEqual(await readdir(home.path), ['import.mjs'])
  })

  it('is the same for import, for import() in CommonJS and, where Node has it, for require()', async () => {
    await runThere(
      'same.cjs',
      `const assert = require('node:assert/strict')
      async function main() {
        const behalf = await import('behalf')
        if (process.features.require_module) assert.equal(require('behalf').BehalfError, behalf.BehalfError)
        assert.equal(require('behalf/package.json').name, 'behalf')
        assert.throws(() => require('behalf/dist/behalf.cjs'), {code: 'ERR_PACKAGE_PATH_NOT_EXPORTED'})
        await assert.rejects(behalf.openBehalf({secret: ' '}), behalf.BehalfError)
        await assert.rejects(behalf.openBehalf({secret: ' '}), {code: 'configuration', name: 'BehalfError'})
      }
      main().catch((error) => { console.error(error); process.exitCode = 1 })`,
    )
  })

  it('has Hubot’s script as its own entry', async () => {
    assert.equal(
      await runThere('hubot.mjs', "console.log(typeof (await import('behalf/hubot')).default)"),
      'function\n',
    )
  })

  it('has Twurple’s auth provider as its own entry, and nothing else of it knows Twurple', async () => {
    const code = "console.log(typeof (await import('behalf/twurple')).createAuthProvider)"
    assert.equal(await runThere('twurple.mjs', code), 'function\n')
    const dist = join(home.program.script, '../../dist')
    const files = (await readdir(dist, {recursive: true})).filter((name) => name.endsWith('.js'))
    const knowing = []
    for (const name of files) {
      if (/from\s*['"]@twurple|import\(['"]@twurple/.test(await readFile(join(dist, name), 'utf8'))) knowing.push(name)
    }
    assert.deepEqual(knowing, ['library/twurple/index.js'])
  })

  it('ends when it is closed, and nothing but the store was made', async () => {
    const [block] = readDocBlocks('docs/library.md').filter(({mark}) => mark === 'run')
    assert.equal(await runThere('open.mjs', block?.code ?? ''), 'true\n')
  })

  it('has types for ES modules and for CommonJS', async () => {
    await writeFile(join(home.path, 'program.mts'), ESM_PROGRAM)
    await writeFile(join(home.path, 'program.cts'), COMMONJS_PROGRAM)
    const files = ['program.mts', 'program.cts'].map((name) => join(home.path, name))
    assert.deepEqual(findTypeErrors(files), [])
  })
})
