import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {createRequire} from 'node:module'
import {join} from 'node:path'
import {runInNewContext} from 'node:vm'

import {deferRequires} from '../../../build/lazy-oclif.js'

/** What TypeScript makes of a module that imports some others. */
const compiled = `
const errors_1 = require("./errors");
const ejs_1 = __importDefault(require("ejs"));
var help_1 = require("./help");
exports.Args = __importStar(require("./args"));
Object.defineProperty(exports, "Help", { enumerable: true, get: function () { return help_1.Help; } });
exports.fail = () => new errors_1.CLIError((0, ejs_1.default)("x"));
`

describe('deferRequires', () => {
  let required: string[]
  let exported: Record<string, unknown>

  beforeEach(() => {
    required = []
    exported = {}
    const modules: Record<string, unknown> = {
      './errors': {CLIError: Error},
      ejs: (text: string) => text,
      './help': {Help: 'the help'},
      './args': {string: 'a string'},
    }
    const load = (name: string): unknown => {
      required.push(name)
      return modules[name]
    }
    runInNewContext(deferRequires(compiled), {
      exports: exported,
      require: load,
      __importDefault: (module: unknown) => ({default: module}),
      __importStar: (module: unknown) => module,
      Object,
    })
  })

  it('loads nothing when the module is evaluated', () => {
    assert.deepEqual(required, [])
  })

  it('loads a module when something of it is used, once', () => {
    const fail = exported.fail as () => Error
    assert.equal(fail().message, 'x')
    assert.ok(fail() instanceof Error)
    assert.deepEqual(required, ['./errors', 'ejs'])
  })

  it('loads what is exported when it is asked for', () => {
    assert.deepEqual(exported.Args, {string: 'a string'})
    assert.equal(exported.Help, 'the help')
    assert.deepEqual(required, ['./args', './help'])
  })

  it('leaves none to be loaded at once in the installed oclif', () => {
    const eager = /^(const|var) \w+_\d+ = .*require\(/gm
    const lib = join(createRequire(import.meta.url).resolve('@oclif/core'), '..')
    const source = readFileSync(join(lib, 'config/config.js'), 'utf8')
    assert.ok((source.match(eager) ?? []).length > 10)
    assert.deepEqual(deferRequires(source).match(eager), null)
  })
})
