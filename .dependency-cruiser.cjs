/** Who may import whom (docs/architecture.md). Types count: a type import is a dependency too. */

const mayImport = {
  model: [],
  config: ['model'],
  store: ['model', 'config'],
  providers: ['model', 'config'],
  helix: ['model', 'config'],
  broker: ['model', 'store/store.ts', 'providers/provider-client.ts'],
  daemon: ['broker', 'model', 'helix'],
  sandbox: ['model', 'helix'],
  library: ['compose-library.ts', 'compose-hubot.ts', 'compose-twurple.ts', 'model'],
  cli: ['model', 'compose.ts'],
  commands: ['cli', 'model'],
}

/** Where a library lives. */
const livesIn = {
  '@oclif': ['commands', 'cli'],
  hono: ['daemon', 'sandbox'],
  '@hono': ['daemon', 'sandbox'],
  undici: ['daemon'],
  pino: ['daemon'],
  'prom-client': ['daemon'],
  lowdb: ['store'],
  '@redis': ['store'],
  'age-encryption': ['store'],
  ws: ['daemon', 'sandbox'],
  '@twurple': ['library'],
  got: ['helix'],
  oauth4webapi: ['providers'],
  'oauth-1.0a': ['providers'],
}

const asPath = (part) => `^src/${part.replace('.', '\\.')}${part.includes('.') ? '$' : '/'}`

module.exports = {
  forbidden: [
    {name: 'no-cycles', severity: 'error', from: {}, to: {circular: true}},
    {name: 'resolvable', severity: 'error', from: {}, to: {couldNotResolve: true}},
    {
      name: 'production-dependencies',
      comment: 'What the package needs is among its dependencies, not its development dependencies.',
      severity: 'error',
      from: {path: '^src/'},
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['npm', 'npm-peer', 'type-only'],
      },
    },
    ...Object.entries(mayImport).map(([part, others]) => ({
      name: `layer-${part}`,
      severity: 'error',
      from: {path: asPath(part)},
      to: {path: '^src/', pathNot: [part, ...others].map(asPath)},
    })),
    {
      name: 'layer-compose',
      severity: 'error',
      from: {path: '^src/compose[a-z-]*\\.ts$'},
      to: {path: ['commands', 'cli', 'library'].map(asPath)},
    },
    {
      name: 'config-as-types',
      comment: 'Settings are handed in; only their types are shared.',
      severity: 'error',
      from: {path: '^src/(store|providers|helix)/'},
      to: {path: '^src/config/', dependencyTypesNot: ['type-only']},
    },
    {name: 'model-without-packages', severity: 'error', from: {path: '^src/model/'}, to: {path: '(^|/)node_modules/'}},
    ...Object.entries(livesIn).map(([library, parts]) => ({
      name: `library-${library}`,
      severity: 'error',
      from: {path: '^src/', pathNot: parts.map(asPath)},
      to: {path: `(^|/)node_modules/${library}/`},
    })),
    {
      name: 'house-names',
      comment: 'Files are named after their main export, in kebab-case; nothing is a drawer for odds and ends.',
      severity: 'error',
      from: {},
      to: {path: ['^src/.*[A-Z_]', '^src/.*/(util|utils|helper|helpers|common|types)(/|\\.tsx?$)']},
    },
  ],
  options: {
    doNotFollow: {path: 'node_modules'},
    tsPreCompilationDeps: true,
    tsConfig: {fileName: 'tsconfig.json'},
    enhancedResolveOptions: {exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types']},
  },
}
