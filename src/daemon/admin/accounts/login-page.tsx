import {leaveForProvider} from '../../../broker/leave-for-provider.js'
import {findFlowOf, readFlow} from '../../../broker/read-flow.js'
import type {FlowView} from '../../../model/flow-view.js'
import {sessionStarter, type Flow, type FlowDevice} from '../../../model/flow.js'
import {readableName} from '../../../model/readable-text.js'
import {sendTo} from '../../flows/flow-answers.js'
import {setFlowCookie} from '../../flows/flow-cookie.js'
import {namesOf} from '../../flows/flow-names.js'
import {addAction} from '../add-action.js'
import {addPage} from '../add-page.js'
import type {Admin, AdminSession} from '../admin-env.js'
import {Chips} from '../parts/badge.js'
import {LinkButton} from '../parts/button.js'
import {CopyBlock} from '../parts/copy-block.js'
import {Foreign} from '../parts/foreign.js'
import {Buttons, Facts, Panel} from '../parts/layout.js'
import {Notice} from '../parts/notice.js'
import {Page} from '../parts/page.js'
import {TimeLeft} from '../parts/time-left.js'
import {accountHref, keyField} from './account-address.js'
import {beginAgain} from './begin-page-login.js'
import {LOGIN_PATH} from './login-path.js'

/** A login that began at the admin page: where the person goes, how far it has come, and how it ended. */
export function addLoginPage(admin: Admin): void {
  const {deps} = admin

  addAction(admin, '/admin/accounts/log-in', {
    fields: keyField,
    submit: (context, {key}) => beginAgain(admin, context, key),
  })

  addPage(admin, LOGIN_PATH, async (context) => {
    const session = context.get('session')
    const id = context.req.query('flow') ?? ''
    const starter = sessionStarter(session.id)
    const flow = await findFlowOf(deps, id, starter)
    const [view, {service}] = await Promise.all([readFlow(deps, id, starter), namesOf(deps, flow)])
    const startPage = deps.flowPages.startPageOf(flow)
    const isSameHost = new URL(startPage).host === new URL(context.req.url).host
    const goHref = isSameHost ? `${LOGIN_PATH}/go?${String(new URLSearchParams({flow: id}))}` : startPage
    return <LoginPage session={session} flow={flow} view={view} service={service} places={{startPage, goHref}} />
  })

  // What the start page's button does, for who is signed in here; a form of this page may lead to no other host.
  addPage(admin, `${LOGIN_PATH}/go`, async (context) => {
    const starter = sessionStarter(context.get('session').id)
    const {id} = await findFlowOf(deps, context.req.query('flow') ?? '', starter)
    const {flow, cookie, url} = await leaveForProvider(deps, id)
    return sendTo(url, {'Set-Cookie': setFlowCookie(flow, cookie)})
  })
}

interface LoginProps {
  session: AdminSession
  flow: Flow
  view: FlowView
  /** As people call it. */
  service: string
  places: Places
}

interface Places {
  /** For any browser. */
  startPage: string
  /** For this one. */
  goHref: string
}

function LoginPage({session, flow, view, service, places}: LoginProps) {
  const {device} = flow
  const isWaiting = view.state === 'pending'
  return (
    <Page
      title={titleOf(view, service)}
      section="accounts"
      session={session}
      parent={{title: 'Accounts', href: '/admin/accounts'}}
      reload={
        isWaiting && device
          ? {
              seconds: RELOAD_SECONDS,
              href: `${LOGIN_PATH}?${String(new URLSearchParams({flow: flow.id, reload: 'yes'}))}`,
            }
          : undefined
      }
    >
      {view.state === 'done' && <DoneLogin view={view} />}
      {view.state === 'failed' && <FailedLogin view={view} flow={flow} />}
      {isWaiting && (
        <>
          {device ? (
            <DeviceSteps device={device} service={service} />
          ) : flow.takenAt !== undefined ? (
            <p>The answer has come and is being looked at.</p>
          ) : (
            <BrowserSteps flow={flow} service={service} places={places} />
          )}
          <Waiting flow={flow} session={session} />
        </>
      )}
    </Page>
  )
}

/** As often as most services want to be asked. */
const RELOAD_SECONDS = 5

function titleOf({state, role, subject}: FlowView, service: string): string {
  if (state === 'done') return 'Logged in'
  if (state === 'failed') return 'Nobody was logged in'
  return role === 'user' ? `Log ${subject ?? 'somebody'} in at ${service}` : `Log the ${role} in at ${service}`
}

function BrowserSteps({flow, service, places}: Pick<LoginProps, 'flow' | 'service' | 'places'>) {
  if (flow.subject !== undefined) {
    return (
      <>
        <p>
          Send this address to <Foreign text={flow.subject} maxLength={200} />. Who opens it must be the person whose
          account it is; anybody else is refused.
        </p>
        <CopyBlock label="For the person" text={places.startPage} />
      </>
    )
  }
  return (
    <>
      <Panel title="In this browser">
        <p>
          {flow.role === 'bot'
            ? `${service} logs in whoever is signed in there. If that is you and not the bot, sign out there first, or use the other way.`
            : `Sign in at ${service} as the owner.`}
        </p>
        <Buttons>
          <LinkButton href={places.goHref} kind="primary">
            {`Continue to ${service}`}
          </LinkButton>
        </Buttons>
      </Panel>
      <Panel title="In another browser, or a private window">
        <p>Open this address there. This page says how it ended once you load it again.</p>
        <CopyBlock label="Address" text={places.startPage} />
      </Panel>
    </>
  )
}

const DeviceSteps = ({device, service}: {device: FlowDevice; service: string}) => (
  <>
    <p>
      Open this address in any browser that is signed in at {service} as the right account, and check or enter the code:
    </p>
    <CopyBlock label="Code" text={device.userCode} />
    <Buttons>
      <a class="button primary" href={device.verificationUri} target="_blank" rel="noopener noreferrer">
        {`Open ${new URL(device.verificationUri).host}`}
        <span class="unseen"> (in a new window)</span>
      </a>
    </Buttons>
    <CopyBlock label="Address" text={device.verificationUri} />
  </>
)

function Waiting({flow, session}: Pick<LoginProps, 'flow' | 'session'>) {
  const {expect, scopes, createdAt, expiresAt, device} = flow
  return (
    <Panel title="Waiting">
      <Facts
        rows={[
          ['Must be', expect && <Foreign text={expect} maxLength={256} />],
          ['Asks for', <Chips words={scopes} atMost={12} />],
          ['Waits', <TimeLeft from={createdAt} until={device?.expiresAt ?? expiresAt} now={session.now} />],
        ]}
      />
      <p>
        <a href={`${LOGIN_PATH}?${String(new URLSearchParams({flow: flow.id}))}`}>See how far it has come</a>
      </p>
    </Panel>
  )
}

function DoneLogin({view}: {view: FlowView}) {
  const {account, created, missingScopes = [], cannotRefresh} = view
  if (account === undefined) {
    return <Notice tone="warn">The login was done, and the account has been removed since.</Notice>
  }
  return (
    <>
      <Notice tone="good" isNews>
        <p>
          <Foreign text={readableName(account)} /> {created ? 'was added' : 'has fresh tokens'}. Programs may act as it
          from now on.
        </p>
      </Notice>
      {missingScopes.length > 0 && (
        <Notice tone="warn" title="Not all was granted">
          <Chips words={missingScopes} atMost={20} />
        </Notice>
      )}
      {cannotRefresh && (
        <Notice tone="warn">
          The service gives no lasting access: the account needs a login again when its token ends.
        </Notice>
      )}
      <Buttons>
        <LinkButton href={accountHref(account.key)} kind="primary">
          See the account
        </LinkButton>
        <LinkButton href="/admin/accounts">All accounts</LinkButton>
      </Buttons>
    </>
  )
}

function FailedLogin({view, flow}: Pick<LoginProps, 'view' | 'flow'>) {
  const {role, provider, failure} = view
  const again = new URLSearchParams({role, provider, ...(flow.expect !== undefined && {expect: flow.expect})})
  return (
    <>
      <Notice tone="bad" isNews>
        <p>
          <Foreign text={failure?.message ?? 'It failed.'} maxLength={600} />
        </p>
      </Notice>
      {failure?.code === 'wrong-person' && (
        <p>Sign out at the service, or use a private window, and log in there as the right account.</p>
      )}
      <Buttons>
        {role === 'user' ? null : (
          <LinkButton href={`/admin/accounts/add?${String(again)}`} kind="primary">
            Try again
          </LinkButton>
        )}
        <LinkButton href="/admin/accounts">All accounts</LinkButton>
      </Buttons>
    </>
  )
}
