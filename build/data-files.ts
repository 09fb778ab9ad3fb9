import {copyFile, mkdir, readFile} from 'node:fs/promises'
import {dirname, join, relative} from 'node:path'
import type {Plugin} from 'esbuild'

const reference = /new URL\('(\.\/[^']+)', import\.meta\.url\)/g

/**
 * Bundling moves a module, and `new URL('./data.json', import.meta.url)` with it. This copies the file to where it
 * stands below `src`, and makes the URL lead there from wherever in `dist` the module ends up.
 */
export const dataFiles = (source: string, target: string): Plugin => ({
  name: 'data-files',
  setup(build) {
    build.onLoad({filter: /\.ts$/}, async ({path}) => {
      const text = await readFile(path, 'utf8')
      const names = [...text.matchAll(reference)].map(([, name]) => join(dirname(path), name ?? ''))
      for (const file of names) {
        const copy = join(target, relative(source, file))
        await mkdir(dirname(copy), {recursive: true})
        await copyFile(file, copy)
      }
      const contents = text.replace(reference, (_, name: string) => {
        const place = relative(source, join(dirname(path), name))
        return `new URL('${place}', import.meta.url.replace(/(.*\\/dist\\/).*/, '$1'))`
      })
      return {contents, loader: 'ts'}
    })
  },
})
