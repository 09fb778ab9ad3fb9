import {createHash} from 'node:crypto'
import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'

/** Everything that what is built depends on. */
const inputs = ['src', 'build', 'package.json', 'package-lock.json', 'tsconfig.json']

function listFiles(path: string): string[] {
  try {
    return readdirSync(path, {recursive: true, withFileTypes: true})
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return [path]
    throw error
  }
}

/** Hash of every file that the build reads, names and contents, as hex. */
export function hashSources(root: string): string {
  const hash = createHash('sha256')
  for (const path of inputs.flatMap((input) => listFiles(join(root, input)))) {
    const content = readFileSync(path)
    hash.update(`${path.slice(root.length)}\0${String(content.length)}\0`).update(content)
  }
  return hash.digest('hex')
}
