import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {rolldown} from 'rolldown'
import {asciiOnly} from './ascii-only.js'
import {dataFiles} from './data-files.js'

/** What `exports` of package.json leads to, below `src/library` and `dist/library`. */
export const LIBRARY_ENTRIES = ['index', 'hubot/index', 'twurple/index']

interface PackageJson {
  dependencies: Record<string, string>
  peerDependencies: Record<string, string>
}

/**
 * Bundles the library into the folder `target`: modules, and all packages outside, so that a program which has one of
 * them already loads it once. The CLI is bundled apart: what it loads at its start is not to change with the library.
 */
export async function bundleLibrary(root: string, target: string): Promise<void> {
  const source = join(root, 'src')
  const {dependencies, peerDependencies} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as PackageJson
  const outside = Object.keys({...dependencies, ...peerDependencies})
  const bundler = await rolldown({
    cwd: root,
    input: Object.fromEntries(LIBRARY_ENTRIES.map((name) => [name, join(source, 'library', `${name}.ts`)])),
    platform: 'node',
    transform: {target: 'node20.19'},
    external: (id) => outside.some((name) => id === name || id.startsWith(`${name}/`)),
    plugins: [asciiOnly, dataFiles(source, target)],
  })
  await bundler.write({
    dir: join(target, 'library'),
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
  })
  await bundler.close()
}
