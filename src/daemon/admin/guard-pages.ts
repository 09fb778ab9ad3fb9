import type {MiddlewareHandler} from 'hono'

import type {AdminContext, AdminEnv} from './admin-env.js'

const NOTHING_ELSE = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'"

/**
 * Nothing from elsewhere, nothing in a frame, nothing kept. The referrer stays where there are forms of our own: without
 * one, browsers hide whose form it was (docs/decisions/0030), and nobody else is told it.
 */
const HEADERS: Readonly<Record<string, string>> = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=(), clipboard-write=(self)',
  'Referrer-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
}

const CSP = 'Content-Security-Policy'

const policyOf = (formAction: string): string =>
  `${NOTHING_ELSE}; form-action ${formAction}; base-uri 'none'; frame-ancestors 'none'`

export const guardPages: MiddlewareHandler<AdminEnv> = async (context, next) => {
  await next()
  for (const [name, value] of Object.entries(HEADERS)) context.header(name, value)
  if (!context.res.headers.has(CSP)) context.header(CSP, policyOf("'self'"))
}

/**
 * For a page with a form that leads to a service: browsers hold the redirects behind a form to its page's policy, and
 * logins lead through more than one host.
 */
export function letFormsLeave(context: AdminContext): void {
  context.header(CSP, policyOf("'self' https: http:"))
}
