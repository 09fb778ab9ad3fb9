import {execFileSync} from 'node:child_process'
import {existsSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {readManifest} from '../src/cli/package-files.js'
import {bundleLibrary, LIBRARY_ENTRIES} from './bundle-library.js'
import {bundle} from './bundle.js'
import {renderManPage} from './man-page.js'
import {hashSources} from './source-hash.js'
import {writeDeclarations} from './write-declarations.js'

const root = join(import.meta.dirname, '..')
const source = join(root, 'src')
const libraryFiles = LIBRARY_ENTRIES.map((name) => join(source, 'library', `${name}.ts`))
const dist = join(root, 'dist')
const manifestFile = join(root, 'oclif.manifest.json')
const hashFile = join(dist, 'source-hash')

/** Renames unless the code of the failure is `harmless`; says whether it did. */
function tryRename(from: string, to: string, harmless: string): boolean {
  try {
    renameSync(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== harmless) throw error
    return false
  }
}

/** Puts the folder `built` in the place of `dist`, in which commands may be running, and others may do the same. */
function replaceDist(built: string): void {
  const old = `${built}.old`
  let isReplaced = false
  while (!isReplaced) {
    tryRename(dist, old, 'ENOENT')
    isReplaced = tryRename(built, dist, 'ENOTEMPTY')
    rmSync(old, {recursive: true, force: true})
  }
}

interface Manifest {
  commands: Record<string, unknown>
}

/** oclif lists the commands in the order in which it found their files, which is another on a busy machine. */
function sortManifest(): void {
  const manifest = JSON.parse(readFileSync(manifestFile, 'utf8')) as Manifest
  const commands = Object.fromEntries(Object.entries(manifest.commands).sort(([a], [b]) => (a < b ? -1 : 1)))
  writeFileSync(manifestFile, `${JSON.stringify({...manifest, commands}, null, 2)}\n`)
}

/** Help for all who have 80 columns, so that asking for it loads nothing. */
async function writeHelp(): Promise<void> {
  // Read when oclif is loaded.
  Object.assign(process.env, {OCLIF_COLUMNS: '80', FORCE_COLOR: '1'})
  const {renderHelp} = await import('../src/cli/render-help.js')
  const {commands, topics} = readManifest(root)
  const ids = Object.values(commands).flatMap(({id, aliases}) => [id, ...aliases])
  const names = ['', ...Object.keys(topics), ...ids.map((id) => id.replaceAll(':', ' '))]
  const texts = await Promise.all(
    names.map(async (name) => [name, await renderHelp(root, name === '' ? [] : name.split(' '))]),
  )
  writeFileSync(join(dist, 'help.json'), JSON.stringify(Object.fromEntries(texts), null, 1))
}

/** `npm install -g` puts it where `man behalf` finds it. */
function writeManPage(): void {
  const program = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Parameters<typeof renderManPage>[0]
  writeFileSync(join(dist, 'behalf.1'), renderManPage(program, readManifest(root)))
}

/** Builds `dist` and `oclif.manifest.json`. */
async function build(hash: string): Promise<void> {
  const target = `${dist}.${String(process.pid)}`
  try {
    await bundle(root, target)
    await bundleLibrary(root, target)
    writeDeclarations(source, libraryFiles, target)
    replaceDist(target)
  } finally {
    rmSync(target, {recursive: true, force: true})
  }
  execFileSync(process.execPath, [join(root, 'node_modules/oclif/bin/run.js'), 'manifest', root], {
    cwd: root,
    env: {...process.env, OCLIF_SKIP_NEW_VERSION_CHECK: 'true'},
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  sortManifest()
  writeManPage()
  await writeHelp()
  writeFileSync(hashFile, hash)
}

const {values} = parseArgs({options: {'if-needed': {type: 'boolean', default: false}}})
const hash = hashSources(root)
const isCurrent = existsSync(hashFile) && readFileSync(hashFile, 'utf8') === hash
if (!values['if-needed'] || !isCurrent) await build(hash)
