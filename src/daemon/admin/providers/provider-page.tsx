import {z} from 'zod'

import {showProvider} from '../../../broker/configure-provider.js'
import type {ProviderView} from '../../../broker/view-provider.js'
import {needsClient, type Role} from '../../../model/provider.js'
import {describeReplayMode} from '../../../model/replay-text.js'
import {CREDENTIAL_WORDS, ROLE_WORDS} from '../accounts/account-words.js'
import {RedirectNotice} from '../accounts/redirect-notice.js'
import {addAction} from '../add-action.js'
import {addPage} from '../add-page.js'
import type {Admin, AdminSession} from '../admin-env.js'
import {pageOriginOf} from '../page-origin.js'
import {Chips} from '../parts/badge.js'
import {ActionButton, LinkButton} from '../parts/button.js'
import {CopyBlock} from '../parts/copy-block.js'
import {Foreign} from '../parts/foreign.js'
import {Facts, Panel} from '../parts/layout.js'
import {Notice} from '../parts/notice.js'
import {Page} from '../parts/page.js'
import {providerHref} from './provider-address.js'
import {AUTH_WORDS, URL_FIELDS, URL_LABELS} from './provider-fields.js'
import {ProviderState} from './provider-list-page.js'
import {testProvider} from './test-provider.js'

export function addProviderPage(admin: Admin): void {
  const {deps} = admin
  addPage(admin, '/admin/providers/of/:name', async (context) => {
    const provider = await showProvider(deps, context.req.param('name'))
    return <ProviderPage session={context.get('session')} provider={provider} origin={pageOriginOf(context, deps)} />
  })

  addAction(admin, '/admin/providers/of/:name/test', {
    fields: z.object({}),
    async submit(context) {
      const name = context.req.param('name')
      return {goTo: providerHref(name), note: await testProvider(deps, name)}
    },
  })
}

interface ProviderProps {
  session: AdminSession
  provider: ProviderView
  /** Where this daemon is, as the browser sees it. */
  origin: string
}

function ProviderPage({session, provider, origin}: ProviderProps) {
  const {name, credentialsFrom} = provider
  return (
    <Page
      title={name}
      section="providers"
      session={session}
      parent={{title: 'Providers', href: '/admin/providers'}}
      actions={<ProviderActions session={session} provider={provider} />}
    >
      {credentialsFrom === 'environment' && (
        <Notice tone="info">
          <p>Its client is given by the environment of the daemon, and wins over what is stored.</p>
        </Notice>
      )}
      {needsClient(provider) && <RedirectNotice provider={provider} origin={origin} />}
      <ClientFacts provider={provider} />
      <AddressFacts provider={provider} />
    </Page>
  )
}

const ProviderActions = ({session, provider: {name}}: Pick<ProviderProps, 'session' | 'provider'>) => (
  <>
    <ActionButton href={providerHref(name, '/test')} session={session} kind="primary">
      Test
    </ActionButton>
    <LinkButton href={providerHref(name, '/edit')}>Edit</LinkButton>
    <LinkButton href={providerHref(name, '/remove')} kind="danger">
      Remove
    </LinkButton>
  </>
)

function ClientFacts({provider}: Pick<ProviderProps, 'provider'>) {
  const {name, accounts, clientId, confidential, registerUrl, callbackUrl, authMethod, replay, scopes} = provider
  const isClient = needsClient(provider)
  return (
    <Panel title="Client">
      <Facts
        rows={[
          ['State', <ProviderState provider={provider} />],
          ['Accounts', <a href={`/admin/accounts?${String(new URLSearchParams({provider: name}))}`}>{accounts}</a>],
          ['Credentials', provider.credentialKinds.map((kind) => CREDENTIAL_WORDS[kind]).join(', ')],
          ['Client ID', isClient ? <Foreign text={clientId} maxLength={200} /> : undefined],
          ['Client secret', isClient ? (confidential ? 'kept, sealed' : 'none') : undefined],
          ['Sent as', isClient && confidential ? AUTH_WORDS[authMethod] : undefined],
          ['PKCE', isClient ? (provider.pkce ? 'yes' : 'no') : undefined],
          ['A repeated refresh token', isClient ? describeReplayMode(replay) : undefined],
          ['Registered at', registerUrl && <a href={registerUrl}>{registerUrl}</a>],
          ...Object.entries(scopes).map(
            ([role, words]) => [`Scopes, ${ROLE_WORDS[role as Role].toLowerCase()}`, <Chips words={words} />] as const,
          ),
        ]}
      />
      {isClient && <CopyBlock label="Redirect URI, to be registered letter by letter" text={callbackUrl} />}
    </Panel>
  )
}

function AddressFacts({provider}: Pick<ProviderProps, 'provider'>) {
  const {preset, issuer, dialect, addressesFrom} = provider
  const shown = URL_FIELDS.map((field) => [URL_LABELS[field][1], provider[URL_LABELS[field][0]]] as const)
  return (
    <Panel title="Addresses">
      <Facts
        rows={[
          ['Preset', preset],
          ['Dialect', dialect],
          ['Issuer', issuer],
          ...shown.map(([label, url]) => [label, url && <code>{url}</code>] as const),
          ['Set', addressesFrom && 'over HTTP: they lead to no private network'],
        ]}
      />
    </Panel>
  )
}
