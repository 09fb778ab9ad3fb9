import {createHash} from 'node:crypto'
import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'

/** Of the rows as they were when they were last compared with their source. Set it anew when they change on purpose. */
const FINGERPRINT = '7520f16cccb1891089199ee10e1b68307b4bf3d05469c2e8510575823d355008'

const root = join(import.meta.dirname, '..')
const catalogue = join(root, 'src/helix/endpoints.json')
/** What the catalogue is taken from; not part of the repository. */
const source = join(root, '../shared/facts/helix-endpoints.json')

/** Rows by method and path, each as text that does not depend on the order of its fields. */
function readRows(file: string): Map<string, string> {
  const rows = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>[]
  const pairs = rows.map((row): [string, string] => [`${String(row.method)} ${String(row.path)}`, normalize(row)])
  const byKey = new Map(pairs)
  if (byKey.size !== rows.length) throw new Error(`${file} has a method and path twice`)
  return byKey
}

function normalize(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(normalize).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${normalize(field)}`).join(',')}}`
}

const hashRows = (rows: Map<string, string>): string =>
  createHash('sha256')
    .update([...rows.values()].sort().join('\n'))
    .digest('hex')

function* listDifferences(ours: Map<string, string>, theirs: Map<string, string>): Generator<string> {
  for (const [key, row] of ours) {
    const other = theirs.get(key)
    if (other === undefined) yield `${key} is in the catalogue alone`
    else if (other !== row) yield `${key} differs:\n  ours   ${row}\n  theirs ${other}`
  }
  for (const key of theirs.keys()) if (!ours.has(key)) yield `${key} is missing`
}

const rows = readRows(catalogue)
const hash = hashRows(rows)
const differences: string[] = []
if (hash !== FINGERPRINT) differences.push(`The fingerprint of its rows is ${hash}, not ${FINGERPRINT}`)
const isSourceThere = existsSync(source)
if (isSourceThere) differences.push(...listDifferences(rows, readRows(source)))

for (const difference of differences) console.error(difference)
if (differences.length > 0) process.exitCode = 1
else {
  const how = isSourceThere
    ? 'compared row by row with their source, and by fingerprint'
    : 'compared by fingerprint alone'
  console.log(`The catalogue has ${String(rows.size)} endpoints, ${how}.`)
}
