import type {AdminContext} from './admin-env.js'

const SIGN_IN = '/admin/sign-in'

/** Where to go on after signing in: a page of ours, whatever was asked for. Undefined: none was, or none that is one. */
export function checkNext(asked: string | undefined): string | undefined {
  const base = 'http://own.invalid'
  const url = asked !== undefined && URL.canParse(asked, base) ? new URL(asked, base) : undefined
  // What is written otherwise than it is read could lead a browser elsewhere.
  const isClear = url?.origin === base && `${url.pathname}${url.search}` === asked
  return isClear && /^\/admin\/(?!sign-)/.test(asked) ? asked : undefined
}

/** The page to sign in, which leads on from there. */
export function signInHref(asked: string | undefined): string {
  const next = checkNext(asked)
  return next === undefined ? SIGN_IN : `${SIGN_IN}?next=${encodeURIComponent(next)}`
}

/** The page that a form stood on, as its browser says (`Referrer-Policy`); the origin of the form is known to be ours. */
export function pageOfForm({req}: AdminContext): string | undefined {
  const referrer = req.header('referer') ?? ''
  const url = URL.canParse(referrer) ? new URL(referrer) : undefined
  return url && url.origin === req.header('origin') ? `${url.pathname}${url.search}` : undefined
}
