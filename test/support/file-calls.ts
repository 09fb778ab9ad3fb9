import assert from 'node:assert/strict'
import promises, {open, type FileHandle} from 'node:fs/promises'
import {syncBuiltinESMExports} from 'node:module'
import {basename} from 'node:path'

type Patchable = 'link' | 'rename' | 'unlink'

/**
 * Notes which durable file operations `work` makes, in their order: `fsync`, `link to …`, `rename to …`, `unlink …`.
 * `fail` may throw instead of an operation. Random parts of names are left out.
 */
export async function watchFileCalls(work: () => Promise<unknown>, fail?: (call: string) => void): Promise<string[]> {
  const calls: string[] = []
  const note = (call: string): void => {
    calls.push(call)
    fail?.(call)
  }
  const handle = await open('.', 'r')
  const prototype = Object.getPrototypeOf(handle) as FileHandle
  await handle.close()
  const sync: unknown = Reflect.get(prototype, 'sync')
  assert.ok(isMethod(sync))
  const originals = {link: promises.link, rename: promises.rename, unlink: promises.unlink}
  const nameOf = (path: unknown): string => basename(String(path)).replace(/\d+-[0-9a-f]{12}/, '*')

  prototype.sync = async function (this: FileHandle) {
    note((await this.stat()).isDirectory() ? 'fsync folder' : 'fsync file')
    await sync.call(this)
  }
  const patch = (name: Patchable, call: (args: unknown[]) => string): void => {
    const original = originals[name] as (...args: unknown[]) => Promise<void>
    Object.assign(promises, {
      [name]: async (...args: unknown[]) => {
        note(call(args))
        await original(...args)
      },
    })
  }
  patch('link', ([, to]) => `link to ${nameOf(to)}`)
  patch('rename', ([from, to]) => `rename ${nameOf(from)} to ${nameOf(to)}`)
  patch('unlink', ([path]) => `unlink ${nameOf(path)}`)
  syncBuiltinESMExports()
  try {
    await work()
  } finally {
    prototype.sync = sync
    Object.assign(promises, originals)
    syncBuiltinESMExports()
  }
  return calls
}

/**
 * Runs `work` again and again, and each time the next of its durable file operations fails, until none does.
 * @param check after each run.
 * @returns how many operations it has.
 */
export async function failAtEveryFileCall(work: () => Promise<unknown>, check: () => Promise<void>): Promise<number> {
  for (let failing = 0; ; failing += 1) {
    let made = 0
    const calls = await watchFileCalls(
      () => work().catch(() => undefined),
      () => {
        if (made === failing) throw new Error('made-up failure')
        made += 1
      },
    )
    await check()
    if (calls.length <= failing) return calls.length
  }
}

function isMethod(value: unknown): value is () => Promise<void> {
  return typeof value === 'function'
}
