import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {build} from 'esbuild'
import {dataFiles} from './data-files.js'
import {lazyOclif} from './lazy-oclif.js'

/** What nearly every command needs. All other packages stay outside and are loaded from node_modules when imported. */
const bundled = ['@oclif/core', 'chalk', 'lowdb', 'zod']

interface PackageJson {
  dependencies: Record<string, string>
}

/** Bundles the CLI into `target`: a file for each command, and chunks for what they share. */
export async function bundle(root: string, target: string): Promise<void> {
  const {dependencies} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as PackageJson
  const source = join(root, 'src')
  await build({
    absWorkingDir: root,
    entryPoints: ['src/cli/launch.ts', 'src/commands/**/*.ts'],
    outbase: 'src',
    outdir: target,
    chunkNames: 'chunks/[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    external: [
      ...Object.keys(dependencies).filter((name) => !bundled.includes(name)),
      // oclif's way to run commands from TypeScript source.
      'typescript',
      'ts-node',
      'tsx',
    ],
    plugins: [lazyOclif, dataFiles(source, target)],
    // For the CommonJS among what is bundled.
    banner: {js: "import {createRequire} from 'node:module'; const require = createRequire(import.meta.url);"},
    logLevel: 'warning',
  })
}
