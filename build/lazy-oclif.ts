import type {Plugin} from 'rolldown'

/** `const errors_1 = require("./errors");` and its `__importDefault` and `__importStar` forms, as TypeScript writes them. */
const topLevelRequire = /^(?:const|var) (\w+_\d+) = ((?:__import(?:Default|Star)\()?require\("[^"]+"\)\)?);$/gm

/** `exports.Args = __importStar(require("./args"));` */
const exportedNamespace = /^exports\.(\w+) = (__importStar\(require\("[^"]+"\)\));$/gm

/** Turns each top-level `require` of a CommonJS module that TypeScript compiled into one at first use. */
export function deferRequires(source: string): string {
  const names: string[] = []
  const deferred = source
    .replace(topLevelRequire, (_, name: string, load: string) => {
      names.push(name)
      return `let $${name}; const $get_${name} = () => ($${name} ??= ${load});`
    })
    .replace(
      exportedNamespace,
      (_, name: string, load: string) =>
        `Object.defineProperty(exports, "${name}", {enumerable: true, get() { return ${load} }});`,
    )
  return names.reduce(
    (text, name) => text.replace(new RegExp(`(?<![\\w$])${name}\\b`, 'g'), `($get_${name}())`),
    deferred,
  )
}

/** Modules of which no more is needed than this. */
const substitutes: Record<string, string> = {
  // Asked at every start whether this is WSL, only to name the platform in the user agent.
  'wsl-utils': 'export const isWsl = false',
  // chalk asks what the terminal can do; behalf decides that itself and says so (src/cli/output.ts).
  '#supports-color': 'export default {stdout: false, stderr: false}',
}

/**
 * Makes oclif evaluate only those of its modules that a command needs: of the 130 ms it takes to load it whole,
 * most goes into help, globbing and plugin discovery (docs/decisions/0001-start-up.md).
 */
export const lazyOclif: Plugin = {
  name: 'lazy-oclif',
  resolveId: (id) => (Object.hasOwn(substitutes, id) ? `\0${id}` : undefined),
  load: (id) => substitutes[id.slice(1)],
  transform(code, id) {
    if (!/[\\/]@oclif[\\/]core[\\/]lib[\\/].*\.js$/.test(id)) return
    // Its check of the Node version parses semver ranges for 9 ms; npm has checked `engines` already.
    return {code: deferRequires(code).replace(/^checkNodeVersion\(\);$/m, '')}
  },
}

/** `const require_rare=require("./rare-4f8KpQ2z.cjs");` as rolldown writes it at the top of a chunk. */
const rareChunk = /const require_rare\s*=\s*(require\("[^"]*\brare-[^"]+"\));/

/** Loads the chunk of what is rarely needed when something of it is used, and not with the chunk that names it. */
export const lazyRareChunk: Plugin = {
  name: 'lazy-rare-chunk',
  generateBundle(_, bundle) {
    for (const chunk of Object.values(bundle)) {
      if (chunk.type !== 'chunk') continue
      const [statement, load] = rareChunk.exec(chunk.code) ?? []
      if (statement === undefined || load === undefined) continue
      chunk.code = chunk.code
        .replace(statement, () => `let $rare;const $get_rare=()=>$rare??=${load};`)
        .replaceAll(/\brequire_rare\./g, () => '$get_rare().')
    }
  },
}
