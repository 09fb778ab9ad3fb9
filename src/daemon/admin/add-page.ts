import type {Admin, AdminContext, Html} from './admin-env.js'

/**
 * Adds a page for who is signed in. What it throws is shown as a page.
 * @param path As hono takes it: `/admin/accounts/:key`.
 */
export function addPage<Path extends string>(
  {app}: Admin,
  path: Path,
  handler: (context: AdminContext<Path>) => Html | Response | Promise<Html | Response>,
): void {
  app.get(path, async (context) => {
    const shown = await handler(context)
    return shown instanceof Response ? shown : context.html(shown)
  })
}
