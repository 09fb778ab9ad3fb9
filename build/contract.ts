import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {format, resolveConfig} from 'prettier'
import {renderParts} from './contract/render-contract.js'

const root = join(import.meta.dirname, '..')
const page = join(root, 'docs/contract.md')

interface Manifest {
  commands: Record<string, {enableJsonFlag?: boolean | null}>
}

/** What stands between `<!-- NAME -->` and `<!-- NAMEstop -->` is replaced. */
function fillIn(text: string, parts: Record<string, string>): string {
  return Object.entries(parts).reduce((filled, [name, part]) => {
    const [begin, end] = [`<!-- ${name} -->`, `<!-- ${name}stop -->`]
    const [from, to] = [filled.indexOf(begin), filled.indexOf(end)]
    if (from < 0 || to < from) throw new Error(`docs/contract.md has no place for ${name}`)
    return `${filled.slice(0, from + begin.length)}\n\n${part}\n${filled.slice(to)}`
  }, text)
}

const {values} = parseArgs({options: {check: {type: 'boolean', default: false}}})
const {commands} = JSON.parse(readFileSync(join(root, 'oclif.manifest.json'), 'utf8')) as Manifest
const ids = Object.keys(commands)
  .filter((id) => commands[id]?.enableJsonFlag !== false)
  .sort()
const present = readFileSync(page, 'utf8')
const filled = await format(fillIn(present, renderParts(ids)), {...(await resolveConfig(page)), parser: 'markdown'})
if (!values.check) writeFileSync(page, filled)
else if (filled !== present) {
  console.error('docs/contract.md is stale: run "npm run contract" and commit it')
  process.exitCode = 1
}
