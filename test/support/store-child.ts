import {BehalfError} from '../../src/model/behalf-error.js'
import {makeAccount} from './make-account.js'
import {openJsonStore} from '../../src/store/json-store.js'
import {acquireFileLock} from '../../src/store/file-lock.js'
import {flockCommandLock, loadAddonLock, loadKernelLock} from '../../src/store/kernel-lock.js'
import {createSystemClock} from '../../src/config/system-clock.js'

/**
 * A second process of the store's tests: `store-child.ts WHAT PATH KEY_PATH …`. It prints `ready` when it has done
 * or holds what it was asked to, and a holder goes on until it is killed.
 */
const [what, path = '', keyPath = '', ...rest] = process.argv.slice(2)

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

/** @param held what is kept until then. */
const stayAlive = (held?: unknown): void => {
  setInterval(() => held, 60_000)
}

async function openStore(): ReturnType<typeof openJsonStore> {
  const secret = {kind: 'default-key-file', path: keyPath} as const
  return openJsonStore({path, secret, clock: createSystemClock(), writeWaitMs: 60_000})
}

async function holdFile(): Promise<void> {
  const kernelLock = rest[0] === 'flock' ? flockCommandLock : await loadAddonLock()
  const lock = await acquireFileLock(path, {mode: 'exclusive', deadlineMs: 0}, kernelLock)
  if (lock === undefined) throw new Error('not obtained')
  // A file that nobody refers to any more is closed by the garbage collector, and the lock is gone with it.
  stayAlive(lock)
}

async function holdAccount(): Promise<void> {
  const store = await openStore()
  const lock = await store.accounts.lock(rest[0] ?? '', {waitMs: 10_000})
  if (rest[1] === 'begin') await lock.begin()
  stayAlive(lock)
}

async function write(): Promise<void> {
  const store = await openStore()
  const [name, count] = [rest[0] ?? '', Number(rest[1])]
  for (let i = 0; i < count; i += 1) {
    await store.accounts.put(makeAccount({userId: `${name}-${String(i)}`}))
    await store.accounts.update('twitch:shared', (now) => ({...now, login: String(Number(now.login) + 1)}))
  }
  await store.close()
}

async function writeUntilKilled(): Promise<void> {
  const store = await openStore()
  const name = rest[0] ?? ''
  const writeOn = async (from: number): Promise<void> => {
    for (let i = from; ; i += 1) await store.accounts.put(makeAccount({userId: `${name}-${String(i)}`}))
  }
  await store.accounts.put(makeAccount({userId: `${name}-0`}))
  void writeOn(1)
}

/** Once everything is loaded, for another user may not be able to read the programs of this one. */
async function becomeUser(uid: number): Promise<void> {
  await loadKernelLock()
  if (process.getuid?.() === uid) return
  process.setgroups?.([])
  process.setgid?.(uid)
  process.setuid?.(uid)
}

/** Says with which error a write fails, and whether reading still works. */
async function tryToWrite(): Promise<void> {
  await becomeUser(Number(rest[0]))
  const error: unknown = await openStore()
    .then((store) => store.accounts.put(makeAccount()))
    .catch((thrown: unknown) => thrown)
  const code = error instanceof BehalfError ? error.code : 'none'
  const accounts = await openStore()
    .then((store) => store.accounts.list())
    .catch(() => [])
  say(JSON.stringify({code, message: String(error), accounts: accounts.length}))
}

const tasks: Record<string, () => Promise<void>> = {
  'hold-file': holdFile,
  'hold-account': holdAccount,
  write,
  'write-until-killed': writeUntilKilled,
  'try-to-write': tryToWrite,
}
const task = tasks[what ?? '']
if (task === undefined) throw new Error(`Unknown task ${String(what)}`)
await task()
say('ready')
