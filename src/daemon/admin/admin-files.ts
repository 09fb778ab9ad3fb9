import {createHash} from 'node:crypto'
import {readFileSync} from 'node:fs'

import type {Env, Hono} from 'hono'

interface AdminFile {
  /** With a mark of what is in it, so that a browser may keep it for good. */
  url: string
  path: string
  type: string
  text: string
}

const style = readFile('style.css', new URL('./style.css', import.meta.url), 'text/css')
const script = readFile('script.js', new URL('./script.js', import.meta.url), 'text/javascript')
const icon = readFile('icon.svg', new URL('./icon.svg', import.meta.url), 'image/svg+xml')

export const STYLE_URL = style.url
export const SCRIPT_URL = script.url
export const ICON_URL = icon.url

/** The stylesheet, the script and the icon of the admin page. There is no secret in them, and no session is asked for. */
export function addAdminFiles<E extends Env>(app: Hono<E>): void {
  for (const {path, url, type, text} of [style, script, icon]) {
    app.get(path, (context) => {
      const isThisOne = context.req.url.endsWith(url)
      return context.body(text, 200, {
        'Content-Type': `${type}; charset=utf-8`,
        'Cache-Control': isThisOne ? 'public, max-age=31536000, immutable' : 'no-cache',
        'X-Content-Type-Options': 'nosniff',
      })
    })
  }
}

function readFile(name: string, place: URL, type: string): AdminFile {
  const text = readFileSync(place, 'utf8')
  const path = `/admin/${name}`
  const mark = createHash('sha256').update(text).digest('hex').slice(0, 12)
  return {path, url: `${path}?${mark}`, type, text}
}
