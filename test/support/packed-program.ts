import {execFile} from 'node:child_process'
import {mkdir, readFile, symlink} from 'node:fs/promises'
import {join} from 'node:path'
import {promisify} from 'node:util'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')

/** The program as npm installs it. */
export interface PackedProgram {
  /** What `node` is given to run it. */
  readonly script: string
  /** A folder for PATH with the command `behalf`. */
  readonly binFolder: string
}

/**
 * Packs the package and unpacks it into `folder`, with the packages that it declares, and no others, in reach.
 * So what is tested is what is published: a file that `files` forgets is missing, a dependency that is only
 * there for development is not found.
 */
export async function packProgram(folder: string): Promise<PackedProgram> {
  await run('npm', ['run', '--silent', 'build', '--', '--if-needed'], {cwd: root})
  const {stdout} = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {cwd: root})
  const [{filename} = {filename: ''}] = JSON.parse(stdout) as {filename: string}[]
  await run('tar', ['-xzf', join(folder, filename), '-C', folder])

  const declared = JSON.parse(await readFile(join(folder, 'package/package.json'), 'utf8')) as Record<
    'dependencies' | 'peerDependencies',
    Record<string, string>
  >
  await linkPackages(folder, Object.keys({...declared.dependencies, ...declared.peerDependencies}))
  // By its own name, for programs that import it.
  await symlink(join(folder, 'package'), join(folder, 'node_modules/behalf'))
  const script = join(folder, 'package/bin/run.js')
  const binFolder = join(folder, 'node_modules/.bin')
  await mkdir(binFolder)
  await symlink(script, join(binFolder, 'behalf'))
  return {script, binFolder}
}

/** Puts packages that are installed here within reach of programs in `folder`. */
export async function linkPackages(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const link = join(folder, 'node_modules', name)
    await mkdir(join(link, '..'), {recursive: true})
    await symlink(join(root, 'node_modules', name), link)
  }
}
