import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {dirname, join, relative} from 'node:path'
import ts from 'typescript'

/**
 * Writes the declarations of these entry files, and of all that they mention, below `target` as they are below `source`.
 * Each file is translated by itself, without asking what the others say: that takes milliseconds.
 * @param entries Files in one folder. What is exported there says its own type; elsewhere this is so for types, which
 * are all that a program gets to see of it.
 * @throws Error for an export in that folder whose type would have to be inferred.
 */
export function writeDeclarations(source: string, entries: readonly string[], target: string): void {
  const folder = dirname(entries[0] ?? source)
  const waiting = [...entries]
  const done = new Set<string>()
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (done.has(file)) continue
    done.add(file)
    const {text, faults} = declare(file)
    if (file.startsWith(folder) && faults.length > 0) throw new Error(`${file}: ${faults.join(' ')}`)
    const place = join(target, relative(source, file)).replace(/\.ts$/, '.d.ts')
    mkdirSync(dirname(place), {recursive: true})
    writeFileSync(place, text)
    for (const [, mentioned = ''] of text.matchAll(/(?:from |import\()['"](\.[^'"]+)\.js['"]/g)) {
      waiting.push(join(dirname(file), `${mentioned}.ts`))
    }
  }
}

function declare(file: string): {text: string; faults: string[]} {
  const {outputText, diagnostics = []} = ts.transpileDeclaration(readFileSync(file, 'utf8'), {
    fileName: file,
    reportDiagnostics: true,
    compilerOptions: {isolatedDeclarations: true},
  })
  const faults = diagnostics.map(({messageText}) => ts.flattenDiagnosticMessageText(messageText, ' '))
  return {text: outputText, faults}
}
