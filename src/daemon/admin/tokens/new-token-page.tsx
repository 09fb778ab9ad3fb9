import {showApiToken} from '../../../broker/api-tokens.js'
import type {IssuedToken} from '../../../broker/issue-api-token.js'
import {readableText} from '../../../model/readable-text.js'
import type {Secret} from '../../../model/secret.js'
import type {ApiTokenView} from '../../../model/api-token.js'
import {addPage} from '../add-page.js'
import type {AdminDeps} from '../admin-deps.js'
import type {Admin, AdminContext, AdminSession} from '../admin-env.js'
import {LinkButton} from '../parts/button.js'
import {CopyBlock} from '../parts/copy-block.js'
import {Buttons} from '../parts/layout.js'
import {Notice} from '../parts/notice.js'
import {Page} from '../parts/page.js'
import {describePower} from './scope-words.js'
import {forgetShown, holdForPage, readForPage, shownPathOf} from './shown-token.js'
import {planTrial} from './plan-trial.js'
import {writeCurl} from './write-curl.js'

/** The answer to the form that made a new secret: the text goes along, to the page that shows it. */
export async function goToShown(
  deps: AdminDeps,
  context: AdminContext,
  {token, apiToken}: IssuedToken,
): Promise<{goTo: string}> {
  const session = context.get('session')
  const showing = {session, apiTokenId: apiToken.id}
  context.header('Set-Cookie', await holdForPage(deps, showing, token, session.isSecure), {append: true})
  return {goTo: shownPathOf(apiToken.id)}
}

/** The text of a new API token, once. */
export function addNewTokenPage(admin: Admin): void {
  const {deps} = admin
  addPage(admin, '/admin/tokens/:id/secret', async (context) => {
    const session = context.get('session')
    const apiToken = await showApiToken(deps, context.req.param('id'))
    const showing = {session, apiTokenId: apiToken.id}
    const text = await readForPage(deps, showing, context.req.header('cookie'))
    context.header('Set-Cookie', forgetShown(showing, session.isSecure), {append: true})
    if (text === undefined) return <ShownBefore session={session} apiToken={apiToken} />
    return (
      <NewTokenPage
        session={session}
        apiToken={apiToken}
        text={text}
        curl={await writeTrial(admin, context, apiToken, text)}
      />
    )
  })
}

async function writeTrial({deps}: Admin, context: AdminContext, {id}: ApiTokenView, text: Secret) {
  const stored = await deps.store.apiTokens.get(id)
  const trial = stored && (await planTrial(deps, stored))
  return trial && writeCurl(originOf(deps, context), trial, text)
}

/** Where programs find the daemon: under its public name, or where the browser found it. */
const originOf = ({settings}: AdminDeps, context: AdminContext): string =>
  settings.publicUrl ?? new URL(context.req.url).origin

interface NewTokenProps {
  session: AdminSession
  apiToken: ApiTokenView
}

function NewTokenPage({session, apiToken, text, curl}: NewTokenProps & {text: Secret; curl: string | undefined}) {
  const name = readableText(apiToken.name, 80)
  return (
    <Page title={`The API token ${name}`} section="tokens" session={session} parent={PARENT}>
      <Notice tone="warn" title="It is shown this once">
        Copy it now. behalf keeps no more of it than it takes to recognise it.
      </Notice>
      <CopyBlock label="The API token" text={text.reveal()} />
      <p>{describePower(apiToken)}</p>
      {curl === undefined ? (
        <p>There is no account yet that it can be tried with. It works as soon as one is there that it may act as.</p>
      ) : (
        <>
          <CopyBlock label="Try it in a terminal" text={curl} />
          <p class="hint">The token goes through standard input, so that no list of processes shows it.</p>
        </>
      )}
      <p>
        Hand it to the program as the variable <code>BEHALF_TOKEN</code>, or in a file that only the program can read.
      </p>
      <Buttons>
        <Done apiToken={apiToken} />
      </Buttons>
    </Page>
  )
}

function ShownBefore({session, apiToken}: NewTokenProps) {
  return (
    <Page title={readableText(apiToken.name, 80)} section="tokens" session={session} parent={PARENT}>
      <Notice tone="info" title="The text of this API token is not here any more">
        It is shown once. If it got lost, give the API token a new secret.
      </Notice>
      <Buttons>
        {apiToken.state === 'active' && (
          <LinkButton href={`/admin/tokens/${apiToken.id}/rotate`}>Give it a new secret</LinkButton>
        )}
        <Done apiToken={apiToken} />
      </Buttons>
    </Page>
  )
}

const Done = ({apiToken}: Pick<NewTokenProps, 'apiToken'>) => (
  <LinkButton href={`/admin/tokens/${apiToken.id}`}>About this API token</LinkButton>
)

const PARENT = {title: 'API tokens', href: '/admin/tokens'}
