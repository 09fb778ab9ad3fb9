import {isCallbackPath} from '../../../model/callback-paths.js'
import {CopyBlock} from '../parts/copy-block.js'
import {Notice} from '../parts/notice.js'
import {providerHref} from '../providers/provider-address.js'

interface RedirectNoticeProps {
  provider: {name: string; callbackUrl: string; registerUrl?: string}
  /** Where this daemon is, as the browser sees it. */
  origin: string
}

/** Says what must be registered where logins would come back to another place than this daemon; else nothing. */
export function RedirectNotice({provider, origin}: RedirectNoticeProps) {
  const {name, callbackUrl, registerUrl} = provider
  if (leadsHere(callbackUrl, origin)) return null
  return (
    <Notice tone="warn" title="Logins may not come back here">
      <p>
        The redirect URI of {name} is <code>{callbackUrl}</code>, and this page is at <code>{origin}</code>. Unless the
        one leads to the other, register this at{' '}
        {registerUrl === undefined ? name : <a href={registerUrl}>{registerUrl}</a>}, letter by letter, and make it the
        redirect URI of <a href={providerHref(name, '/edit')}>{name}</a>:
      </p>
      <CopyBlock label="Redirect URI" text={callbackAt(origin)} />
    </Notice>
  )
}

/** All names of this machine are one: what listens at one of them mostly does at the others. */
export function leadsHere(callbackUrl: string, origin: string): boolean {
  const [there, here] = [new URL(callbackUrl), new URL(origin)]
  const isSame = there.origin === here.origin
  const areBothLocal = LOOPBACK.test(there.hostname) && LOOPBACK.test(here.hostname) && there.port === here.port
  return (isSame || areBothLocal) && isCallbackPath(there.pathname)
}

/** The redirect URI that leads to an origin. Services that take `http` at all take it for `localhost` (Twitch: alone). */
export function callbackAt(origin: string): string {
  const url = new URL('/callback', origin)
  if (LOOPBACK.test(url.hostname)) url.hostname = 'localhost'
  return url.href
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/
