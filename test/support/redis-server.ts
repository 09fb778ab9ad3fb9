import {spawn, type ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import {createClient} from '@redis/client'

import {findFreePort} from './free-port.js'
import {makeCertificate} from './make-certificate.js'
import {findProgram} from './skip-without.js'
import {makeTemporaryFolder, removeFolder} from './temporary-folder.js'
import {until} from './until.js'

export const REDIS_SERVER = findProgram('redis-server')

export interface RedisServerOptions {
  /** Further lines of its configuration, such as `maxmemory 2mb`. */
  config?: readonly string[]
  /** The port of the server that this is a replica of. */
  replicaOf?: number
  /** The port of a master that this is a sentinel of, which calls it `main`. */
  sentinelOf?: number
  /** Speaks TLS alone, as `localhost`. */
  tls?: boolean
  /** Default: a free one. */
  port?: number
}

/** A real server on a port of its own, with a folder of its own. */
export interface RedisServer {
  readonly port: number
  /** Without credentials. */
  readonly url: string
  /** The certificates to trust, in PEM, where it speaks TLS. */
  readonly caFile: string | undefined
  /** A command, as who may do all. */
  command(...words: string[]): Promise<unknown>
  /** As `kill -9` ends it, or as it ends itself, having saved. */
  stop(signal?: 'SIGKILL' | 'SIGTERM'): Promise<void>
  /** Starts it again on its port, with what it saved. */
  start(): Promise<void>
  /** Suspends it: connections stay, and nothing is answered. */
  pause(): void
  resume(): void
  /** Stops it and removes its folder. */
  dispose(): Promise<void>
}

const running = new Set<ChildProcess>()
// What a test leaves behind when it is interrupted ends with it.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

export async function startRedisServer(options: RedisServerOptions = {}): Promise<RedisServer> {
  const folder = await makeTemporaryFolder()
  const port = options.port ?? (await findFreePort())
  const caFile = options.tls === true ? join(folder, 'cert.pem') : undefined
  if (caFile !== undefined) {
    const {key, cert} = makeCertificate('localhost')
    await writeFile(caFile, cert)
    await writeFile(join(folder, 'key.pem'), key)
  }
  await writeFile(join(folder, 'redis.conf'), configOf(options, folder, port))
  let child: ChildProcess | undefined

  async function command(...words: string[]): Promise<unknown> {
    const tls = {tls: true, rejectUnauthorized: false} as const
    const client = createClient({
      RESP: 2,
      socket: {host: '127.0.0.1', port, reconnectStrategy: false, ...(caFile !== undefined && tls)},
      disableClientInfo: true,
      maintNotifications: 'disabled',
      username: ADMIN.username,
      password: ADMIN.password,
    })
    client.on('error', () => undefined)
    try {
      await client.connect()
      const reply: unknown = await client.sendCommand(words)
      return reply
    } finally {
      if (client.isOpen) client.destroy()
    }
  }

  async function start(): Promise<void> {
    if (REDIS_SERVER === undefined) throw new Error('There is no redis-server here')
    const mode = options.sentinelOf === undefined ? [] : ['--sentinel']
    child = spawn(REDIS_SERVER, [join(folder, 'redis.conf'), ...mode], {stdio: 'ignore', cwd: folder})
    running.add(child)
    const ended = child
    child.once('exit', () => running.delete(ended))
    await until('redis-server answers', async () => {
      if (ended.exitCode !== null) throw new Error(`redis-server ended at once: see ${folder}`)
      return command('PING').then(
        (reply) => reply === 'PONG',
        () => false,
      )
    })
  }

  async function stop(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    if (child === undefined || !running.has(child)) return
    const exit = once(child, 'exit')
    child.kill(signal)
    child.kill('SIGCONT')
    await exit
  }

  await start()
  return {
    port,
    url: `${caFile === undefined ? 'redis://127.0.0.1' : 'rediss://localhost'}:${String(port)}`,
    caFile,
    command,
    stop,
    start,
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    async dispose() {
      await stop()
      await removeFolder(folder)
    },
  }
}

/** The tests' own way in, whatever becomes of the default user. */
export const ADMIN = {username: 'tests', password: 'made-up-admin-password'}

function configOf({config = [], replicaOf, sentinelOf, tls}: RedisServerOptions, folder: string, port: number): string {
  const lines = [
    tls === true ? 'port 0' : `port ${String(port)}`,
    ...(tls === true
      ? [`tls-port ${String(port)}`, 'tls-cert-file cert.pem', 'tls-key-file key.pem', 'tls-auth-clients no']
      : []),
    'bind 127.0.0.1',
    `dir ${folder}`,
    'save ""',
    'appendonly yes',
    'appendfsync always',
    'loglevel warning',
    'repl-diskless-sync-delay 0',
    `user ${ADMIN.username} on >${ADMIN.password} ~* &* +@all`,
    ...(replicaOf === undefined
      ? []
      : [`replicaof 127.0.0.1 ${String(replicaOf)}`, `masteruser ${ADMIN.username}`, `masterauth ${ADMIN.password}`]),
    ...(sentinelOf === undefined ? [] : [`sentinel monitor main 127.0.0.1 ${String(sentinelOf)} 1`]),
    ...config,
  ]
  return `${lines.join('\n')}\n`
}
