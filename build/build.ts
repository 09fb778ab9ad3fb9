import {execFileSync} from 'node:child_process'
import {existsSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {bundle} from './bundle.js'
import {hashSources} from './source-hash.js'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')
const hashFile = join(dist, 'source-hash')

/** Builds `dist` and `oclif.manifest.json`. `dist` is replaced in one step, for commands may be running from it. */
async function build(hash: string): Promise<void> {
  const target = `${dist}.${String(process.pid)}`
  const old = `${target}.old`
  try {
    await bundle(root, target)
    if (existsSync(dist)) renameSync(dist, old)
    renameSync(target, dist)
  } finally {
    rmSync(target, {recursive: true, force: true})
    rmSync(old, {recursive: true, force: true})
  }
  execFileSync(process.execPath, [join(root, 'node_modules/oclif/bin/run.js'), 'manifest', root], {
    cwd: root,
    env: {...process.env, OCLIF_SKIP_NEW_VERSION_CHECK: 'true'},
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  writeFileSync(hashFile, hash)
}

const {values} = parseArgs({options: {'if-needed': {type: 'boolean', default: false}}})
const hash = hashSources(root)
const isCurrent = existsSync(hashFile) && readFileSync(hashFile, 'utf8') === hash
if (!values['if-needed'] || !isCurrent) await build(hash)
