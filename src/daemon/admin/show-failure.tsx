import type {ContentfulStatusCode} from 'hono/utils/http-status'

import {explainError} from '../api/answer-failure.js'
import {STORE_AWAY} from '../store-away.js'
import type {AdminDeps} from './admin-deps.js'
import type {AdminContext, AdminSession} from './admin-env.js'
import {Page} from './parts/page.js'

/** A failure as a page. What is not the reader's to mend only the log describes. */
export function showFailure(
  error: unknown,
  context: AdminContext,
  {log}: Pick<AdminDeps, 'log'>,
): Response | Promise<Response> {
  const {status, code, message, hint} = explainError(error, log)
  context.header('X-Behalf-Error', code)
  if (code === 'store-unavailable') context.header('Retry-After', STORE_AWAY.headers['Retry-After'])
  return context.html(<FailurePage context={context} title={titleOf(status)} message={message} hint={hint} />, status)
}

export const showNotHere = (context: AdminContext): Response | Promise<Response> =>
  context.html(
    <FailurePage context={context} title="There is no such page" message="The address leads nowhere." />,
    404,
  )

/** A form came whose session is over: ended elsewhere, or by itself. */
export function showSignedOut(context: AdminContext, signInHref: string): Response | Promise<Response> {
  context.header('X-Behalf-Error', 'refused')
  return context.html(
    <Page title="You are signed out">
      <p>Nothing was done. Going back after signing in may still show what you entered.</p>
      <p>
        <a href={signInHref}>Sign in</a>
      </p>
    </Page>,
    403,
  )
}

interface FailureProps {
  context: AdminContext
  title: string
  message: string
  hint?: string | undefined
}

function FailurePage({context, title, message, hint}: FailureProps) {
  const session = context.get('session') as AdminSession | undefined
  return (
    <Page title={title} session={session}>
      <p>{message}</p>
      {hint !== undefined && <p>{hint}</p>}
      {!session && (
        <p>
          <a href="/admin/sign-in">Sign in</a>
        </p>
      )}
    </Page>
  )
}

const TITLES: Partial<Record<number, string>> = {
  400: 'This cannot be done so',
  403: 'This was refused',
  404: 'This is not here',
  409: 'This cannot be done now',
  503: 'Not now',
}

const titleOf = (status: ContentfulStatusCode): string => TITLES[status] ?? 'This did not work'
