import {z} from 'zod'

import {revokeApiToken, showApiToken} from '../../../broker/api-tokens.js'
import {rotateByDelegate, TERMINAL_SCOPES} from '../../../broker/delegate-api-token.js'
import type {ApiTokenView} from '../../../model/api-token.js'
import {readableText} from '../../../model/readable-text.js'
import {addAction} from '../add-action.js'
import {addPage} from '../add-page.js'
import type {Admin, AdminContext, AdminSession} from '../admin-env.js'
import {Once} from '../once.js'
import {LinkButton} from '../parts/button.js'
import {Confirm} from '../parts/confirm.js'
import {CopyBlock} from '../parts/copy-block.js'
import {Foreign} from '../parts/foreign.js'
import {Notice} from '../parts/notice.js'
import {Page} from '../parts/page.js'
import {addIssuePage} from './add-issue-page.js'
import {addNewTokenPage, goToShown} from './new-token-page.js'
import {addTokenListPage} from './token-list-page.js'
import {addSessionEnd} from './page-sessions.js'
import {TokenDetails} from './token-details.js'

const PARENT = {title: 'API tokens', href: '/admin/tokens'}

/** API tokens: all of them, one, a new one, and their end (docs/decisions/0045). */
export function addTokenPages(admin: Admin): void {
  addTokenListPage(admin)
  addIssuePage(admin)
  addNewTokenPage(admin)
  addTokenPage(admin)
  addRotation(admin)
  addRevocation(admin)
  addSessionEnd(admin)
}

const hrefOf = ({id}: Pick<ApiTokenView, 'id'>, page = ''): string => `/admin/tokens/${id}${page}`

function addTokenPage(admin: Admin): void {
  const {deps} = admin
  addPage(admin, '/admin/tokens/:id', async (context) => {
    const token = await showApiToken(deps, context.req.param('id'))
    const session = context.get('session')
    return (
      <Page
        title={nameOf(token)}
        section="tokens"
        session={session}
        parent={PARENT}
        actions={token.state === 'active' && <Changes token={token} />}
      >
        <TokenDetails token={token} now={session.now} />
      </Page>
    )
  })
}

function Changes({token}: {token: ApiTokenView}) {
  return (
    <>
      <LinkButton href={hrefOf(token, '/rotate')}>Give it a new secret</LinkButton>
      <LinkButton kind="danger" href={hrefOf(token, '/revoke')}>
        Revoke
      </LinkButton>
    </>
  )
}

function addRotation(admin: Admin): void {
  const {deps} = admin
  const once = new Once<Awaited<ReturnType<typeof rotateByDelegate>>>()

  addPage(admin, '/admin/tokens/:id/rotate', async (context) => {
    const token = await showApiToken(deps, context.req.param('id'))
    return <RotationPage session={context.get('session')} token={token} once={deps.random.token(16)} />
  })

  addAction(admin, '/admin/tokens/:id/rotate', {
    fields: z.object({once: z.string().min(1).max(64)}),
    async submit(context, input) {
      const {id: sessionId, delegate} = context.get('session')
      const id = context.req.param('id')
      const key = JSON.stringify([sessionId, id, input.once])
      const rotated = await once.run(key, () => rotateByDelegate(deps, delegate, id))
      deps.log.info('api-token-rotated', {apiTokenId: id, sessionId})
      return goToShown(deps, context, rotated)
    },
  })
}

interface QuestionProps {
  session: AdminSession
  token: ApiTokenView
}

function RotationPage({session, token, once}: QuestionProps & {once: string}) {
  const href = hrefOf(token)
  const terminal = token.scopes.find((scope) => TERMINAL_SCOPES.includes(scope))
  return (
    <Page
      title={`Give ${nameOf(token)} a new secret?`}
      section="tokens"
      session={session}
      parent={{title: nameOf(token), href}}
    >
      {terminal === undefined ? (
        <Confirm
          session={session}
          action={hrefOf(token, '/rotate')}
          hidden={{once}}
          label="Give it a new secret"
          cancelHref={href}
        >
          <p>
            What it may do stays. Its old text opens nothing from then on, so the program that holds it stops until it
            has the new one.
          </p>
        </Confirm>
      ) : (
        <>
          <Notice tone="info">{`An API token with ${terminal} gets a new secret at the terminal alone.`}</Notice>
          <CopyBlock label="At the terminal" text={`behalf token rotate ${token.id}`} />
        </>
      )}
    </Page>
  )
}

function addRevocation(admin: Admin): void {
  const {deps} = admin

  addPage(admin, '/admin/tokens/:id/revoke', async (context) => {
    const token = await showApiToken(deps, context.req.param('id'))
    return <RevocationPage session={context.get('session')} token={token} />
  })

  addAction(admin, '/admin/tokens/:id/revoke', {
    fields: z.object({}),
    async submit(context: AdminContext<'/admin/tokens/:id/revoke'>) {
      const token = await revokeApiToken(deps, context.req.param('id'))
      deps.log.info('api-token-revoked', {apiTokenId: token.id, sessionId: context.get('session').id})
      return {goTo: '/admin/tokens', note: `The API token ${nameOf(token)} is revoked: it opens nothing any more.`}
    },
  })
}

function RevocationPage({session, token}: QuestionProps) {
  return (
    <Page
      title={`Revoke ${nameOf(token)}?`}
      section="tokens"
      session={session}
      parent={{title: nameOf(token), href: hrefOf(token)}}
    >
      <Confirm
        session={session}
        action={hrefOf(token, '/revoke')}
        label="Revoke the API token"
        cancelHref={hrefOf(token)}
      >
        <p>
          <Foreign text={token.name} /> opens nothing from then on, on every daemon of this store, and its chat
          connections end. This cannot be taken back.
        </p>
        {session.delegate?.id === token.id && <p>You signed in with it: this session ends too.</p>}
      </Confirm>
      <TokenDetails token={token} now={session.now} />
    </Page>
  )
}

const nameOf = ({name}: Pick<ApiTokenView, 'name'>): string => readableText(name, 80)
