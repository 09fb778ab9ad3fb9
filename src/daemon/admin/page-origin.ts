import type {AdminDeps} from './admin-deps.js'
import type {AdminContext} from './admin-env.js'

/** Where the admin page is as its browser sees it: forms name it, and who asks for a page names the host at least. */
export function pageOriginOf(context: AdminContext, {settings: {publicUrl}}: Pick<AdminDeps, 'settings'>): string {
  const named = context.req.header('origin')
  if (named !== undefined) return named
  const {origin, host} = new URL(context.req.url)
  return publicUrl !== undefined && new URL(publicUrl).host === host ? publicUrl : origin
}
