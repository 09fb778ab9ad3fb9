import {copyFile, mkdir} from 'node:fs/promises'
import {dirname, join, relative} from 'node:path'
import type {Plugin} from 'rolldown'

const reference = /new URL\('(\.\/[^']+)', import\.meta\.url\)/g

/**
 * Bundling moves a module, but not the files that it reads with `new URL('./data.json', import.meta.url)`. This copies
 * them to the same place below `target` as they have below `source`, and leads the URL there from anywhere in `dist`.
 */
export const dataFiles = (source: string, target: string): Plugin => ({
  name: 'data-files',
  async transform(code, id) {
    if (!id.startsWith(source)) return undefined
    const placeOf = (name: string): string => relative(source, join(dirname(id), name))
    for (const [, name = ''] of code.matchAll(reference)) {
      const copy = join(target, placeOf(name))
      await mkdir(dirname(copy), {recursive: true})
      await copyFile(join(source, placeOf(name)), copy)
    }
    return code.replace(
      reference,
      (_, name: string) => `new URL('${placeOf(name)}', import.meta.url.replace(/(.*\\/dist\\/).*/, '$1'))`,
    )
  },
})
