import {Button} from './parts/button.js'
import {CopyBlock} from './parts/copy-block.js'
import {Field} from './parts/field.js'
import {Panel} from './parts/layout.js'
import {Notice} from './parts/notice.js'
import {Page} from './parts/page.js'

/** What the link of `behalf admin` leads to. */
export function LinkPage({code}: {code: string}) {
  return (
    <Page title="Sign in to behalf">
      <p>This link signs this browser in, once, within a minute of being made.</p>
      <form method="post" action="/admin/sign-in/link" class="stack">
        <input type="hidden" name="link" value={code} />
        <Button autofocus>Sign in</Button>
      </form>
    </Page>
  )
}

export interface TokenPageProps {
  /** Where to go on. */
  next: string
  /** What is wrong with the API token that was sent. */
  error?: string
  linkError?: string
  /** Somebody has just signed out. */
  isSignedOut?: boolean
}

/** How to sign in. */
export function TokenPage({next, error, linkError, isSignedOut = false}: TokenPageProps) {
  return (
    <Page title="Sign in to behalf">
      {isSignedOut && (
        <Notice tone="good" isNews>
          You are signed out.
        </Notice>
      )}
      {linkError !== undefined && (
        <Notice tone="bad" isNews>
          {linkError}
        </Notice>
      )}
      <Panel title="From the terminal">
        <p>This command opens the page, signed in:</p>
        <CopyBlock label="At the terminal" text="behalf admin" />
      </Panel>
      <Panel title="With an API token">
        <form method="post" action="/admin/sign-in" class="stack">
          <input type="hidden" name="next" value={next} />
          <Field
            name="token"
            label="API token"
            hint="One with the scope admin. The session ends with it."
            error={error}
            type="password"
            isRequired
            isCode
          />
          <Button>Sign in</Button>
        </form>
      </Panel>
    </Page>
  )
}
