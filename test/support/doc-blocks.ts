import {readFileSync} from 'node:fs'
import {join} from 'node:path'

/** A block of code in a page, and what the comment in front of it says of it. */
export interface DocBlock {
  mark: string
  code: string
}

const root = join(import.meta.dirname, '../..')

/** The blocks of code of a page that a comment stands in front of. @param file From the root of the repository. */
export function readDocBlocks(file: string): DocBlock[] {
  const page = readFileSync(join(root, file), 'utf8')
  return [...page.matchAll(/<!-- ([a-z]+(?:: [^>]*?)?) -->\n+```\w+\n(.*?)\n```/gs)].map(
    ([, mark = '', code = '']) => ({
      mark,
      code,
    }),
  )
}
