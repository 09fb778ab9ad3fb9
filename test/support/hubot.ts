import {spawn, type ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {copyFile, cp, mkdir, symlink, writeFile} from 'node:fs/promises'
import {createRequire} from 'node:module'
import {join} from 'node:path'
import {createInterface} from 'node:readline'
import {pathToFileURL} from 'node:url'

import {until} from './until.js'

/** Something that the bot said. */
export interface Said {
  /** The id of the person whom it answers. */
  to: string
  /** Undefined: in private. */
  room?: string
  text: string
}

/** A real Hubot, a process of its own, in a chat that a test talks in. */
export interface RunningHubot {
  /** All that it has said. */
  readonly said: Said[]
  /** All that it has written, logs included. */
  readonly output: () => string
  /** Says something to it and waits for so many answers. @param where a room, or nothing for a private message. */
  say(user: string, text: string, where?: {room?: string; answers?: number}): Promise<string[]>
  /** Its brain, as a brain script would save it. */
  dumpBrain(): Promise<string>
  stop(): Promise<void>
}

export interface HubotOptions {
  folder: string
  env: Record<string, string>
  args?: string[]
  /** In `node_modules` of its folder are Hubot and behalf, as npm installs them. Else it runs what is here, from source. */
  isInstalled?: boolean
}

const ROOT = join(import.meta.dirname, '../..')
const ADAPTER = join(ROOT, 'test/support/hubot-chat-adapter.js')
/** Hubot's folder is another: what is loaded there is named whole. */
const TYPESCRIPT = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
const SCRIPT = pathToFileURL(join(ROOT, 'src/library/hubot/index.ts')).href

export async function startHubot({folder, env, args = [], isInstalled = false}: HubotOptions): Promise<RunningHubot> {
  const adapter = join(folder, 'chat-adapter.mjs')
  await mkdir(join(folder, 'scripts'), {recursive: true})
  if (isInstalled) {
    await copyFile(ADAPTER, adapter)
    await writeFile(join(folder, 'external-scripts.json'), '["behalf/hubot"]')
  } else await writeFile(join(folder, 'scripts/behalf.mjs'), `export {default} from '${SCRIPT}'\n`)
  const program = join(isInstalled ? folder : ROOT, 'node_modules/hubot/bin/hubot')
  const nodeOptions = isInstalled ? [] : ['--import', TYPESCRIPT]
  const words = [...nodeOptions, program, '--file', isInstalled ? adapter : ADAPTER, ...args]
  const child = spawn(process.execPath, words, {
    cwd: folder,
    env: {PATH: process.env.PATH ?? '', HOME: folder, HUBOT_LOG_LEVEL: 'debug', ...env},
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  return watchHubot(child)
}

/** Installs Hubot, and the package as it was packed, below a folder. @param behalf where that was unpacked */
export async function installHubot(folder: string, behalf: string): Promise<void> {
  const modules = join(folder, 'node_modules')
  // Not a link: it imports scripts from where it really is.
  await cp(join(ROOT, 'node_modules/hubot'), join(modules, 'hubot'), {recursive: true})
  for (const name of ['express', 'express-basic-auth', 'pino']) {
    await symlink(join(ROOT, 'node_modules', name), join(modules, name))
  }
  await symlink(behalf, join(modules, 'behalf'))
}

async function watchHubot(child: ChildProcess & {stdin: NodeJS.WritableStream | null}): Promise<RunningHubot> {
  const said: Said[] = []
  const brains: string[] = []
  let output = ''
  const state = {isReady: false}
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (output += text))
  if (child.stdout) {
    createInterface({input: child.stdout}).on('line', (line) => {
      output += `${line}\n`
      const value = line.startsWith('{') ? (JSON.parse(line) as Record<string, unknown>) : {}
      if (value.ready === true) state.isReady = true
      if (value.brain !== undefined) brains.push(line)
      if (typeof value.text === 'string') said.push(value as unknown as Said)
    })
  }
  const ended = once(child, 'close')
  const write = (value: unknown): unknown => child.stdin?.write(`${JSON.stringify(value)}\n`)
  await until('Hubot is ready', () => state.isReady || child.exitCode !== null)
  if (!state.isReady) throw new Error(`Hubot ended: ${output}`)

  return {
    said,
    output: () => output,
    async say(user, text, {room, answers = 1} = {}) {
      const mine = (): Said[] => said.filter((one) => one.to === user)
      const before = mine().length
      write({user, room, text})
      await until(`Hubot answers “${text}”`, () => mine().length >= before + answers)
      return mine()
        .slice(before)
        .map((one) => one.text)
    },
    async dumpBrain() {
      const before = brains.length
      write({brain: true})
      await until('Hubot prints its brain', () => brains.length > before)
      return brains.at(-1) ?? ''
    },
    async stop() {
      child.stdin?.end()
      await ended
    },
  }
}
