import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {rolldown, type Plugin} from 'rolldown'
import {asciiOnly} from './ascii-only.js'
import {dataFiles} from './data-files.js'
import {lazyOclif, lazyRareChunk} from './lazy-oclif.js'

/** What nearly every command needs. All other packages stay outside and are loaded from node_modules when imported. */
const bundledPackages = ['@oclif/core', 'chalk', 'lowdb', 'zod']

/**
 * @hono/zod-openapi gives zod's schemas a method, those of the one zod that it finds: the daemon's API and pages take both from
 * node_modules. Bundled, it would keep all of zod in the file that every command reads.
 */
const isZodOfApi = (id: string, importer: string | undefined): boolean =>
  id === 'zod' && /\/src\/daemon\/(?:api|admin)\//.test(importer ?? '')

/** What the version, help and every command run through first. */
const startRoots = ['cli/launch.ts']

/** What a short command runs through. All that these import goes into one file, for each file takes a millisecond. */
const hotRoots = ['cli/run-command.ts', 'cli/table.ts', 'commands/bot/list.ts', 'commands/bot/token.ts', 'compose.ts']

/** What oclif and chalk need for help, for finding plugins, or on other systems: bytes that a short command would read. */
const rarePackages =
  /node_modules\/(?:picomatch|minimatch|brace-expansion|balanced-match|ejs|jake|cli-spinners|fdir|color-convert|color-name|debug|tinyglobby|lilconfig|emoji-regex|ansi-escapes|wrap-ansi|slice-ansi|string-width|indent-string|clean-stack|get-package-type|semver)\/|@oclif\/core\/lib\/(?:help\/(?!util)|config\/(?:plugin|ts-path|plugin-loader)|execute|module-loader)/

interface PackageJson {
  dependencies: Record<string, string>
}

/** The commands' files below `src`, without extension: `commands/bot/token`. */
function listCommands(source: string): string[] {
  return readdirSync(join(source, 'commands'), {recursive: true, encoding: 'utf8'})
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `commands/${file.slice(0, -'.ts'.length)}`)
    .sort()
}

/** The module behind `dist/behalf.cjs`: how to start, and how to load each command. */
function entryPlugin(source: string, commands: string[]): Plugin {
  const loaders = commands.map((name) => {
    const id = name.split('/').slice(1).join(':')
    return `'${id}': () => import('${source}/${name}.ts'),`
  })
  const code = `export {launch} from '${source}/cli/launch.ts'\nexport const commands = {\n${loaders.join('\n')}\n}\n`
  return {
    name: 'entry',
    resolveId: (id) => (id === 'entry' ? '\0entry' : undefined),
    load: (id) => (id === '\0entry' ? code : undefined),
  }
}

/** Fills `found` with the ids of `roots` and of all that they import, dynamic imports apart. */
function collectPlugin(roots: string[], found: Set<string>): Plugin {
  return {
    name: 'collect',
    buildEnd() {
      const waiting = [...roots]
      for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
        if (found.has(id)) continue
        found.add(id)
        waiting.push(...(this.getModuleInfo(id)?.importedIds ?? []))
      }
    },
  }
}

/**
 * Bundles the CLI into the folder `target`: `behalf.cjs`, which starts it, a file for each command, and chunks.
 * CommonJS, because it starts faster than modules do (docs/decisions/0001-start-up.md).
 */
export async function bundle(root: string, target: string): Promise<void> {
  const source = join(root, 'src')
  const commands = listCommands(source)
  const {dependencies} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as PackageJson
  const outside = [
    ...Object.keys(dependencies).filter((name) => !bundledPackages.includes(name)),
    // oclif's way to run commands from TypeScript source.
    'typescript',
    'ts-node',
    'tsx',
  ]
  const start = new Set<string>()
  const hot = new Set<string>()
  const inSource = (file: string): string => join(source, file)
  const bundler = await rolldown({
    cwd: root,
    input: {behalf: 'entry', ...Object.fromEntries(commands.map((name) => [name, join(source, `${name}.ts`)]))},
    platform: 'node',
    preserveEntrySignatures: 'allow-extension',
    transform: {target: 'node20.19'},
    external: (id, importer) =>
      isZodOfApi(id, importer) || outside.some((name) => id === name || id.startsWith(`${name}/`)),
    plugins: [
      entryPlugin(source, commands),
      lazyOclif,
      lazyRareChunk,
      asciiOnly,
      dataFiles(source, target),
      collectPlugin(startRoots.map(inSource), start),
      collectPlugin(hotRoots.map(inSource), hot),
    ],
  })
  await bundler.write({
    dir: target,
    format: 'cjs',
    exports: 'named',
    entryFileNames: '[name].cjs',
    chunkFileNames: 'chunks/[name]-[hash].cjs',
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [
        {name: 'start', test: (id) => start.has(id)},
        {name: 'rare', test: (id) => hot.has(id) && !start.has(id) && rarePackages.test(id)},
        {name: 'hot', test: (id) => hot.has(id) && !start.has(id) && !rarePackages.test(id)},
      ],
    },
    minify: {compress: false, mangle: false, codegen: true},
    // A run checks a document or two: compiling code for each schema takes longer than doing without.
    banner: ({name}) => (name === 'behalf' ? 'globalThis.__zod_globalConfig = {jitless: true};' : ''),
  })
  await bundler.close()
}
