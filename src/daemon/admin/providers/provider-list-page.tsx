import {listProviders} from '../../../broker/configure-provider.js'
import {nameDamagedProviders} from '../../../broker/load-provider.js'
import {needsClient} from '../../../model/provider.js'
import type {ProviderView} from '../../../broker/view-provider.js'
import {addPage} from '../add-page.js'
import type {Admin, AdminSession} from '../admin-env.js'
import {Badge} from '../parts/badge.js'
import {LinkButton} from '../parts/button.js'
import {Foreign} from '../parts/foreign.js'
import {Empty} from '../parts/layout.js'
import {Notice} from '../parts/notice.js'
import {Page} from '../parts/page.js'
import {Table} from '../parts/table.js'
import {ADD_HREF, providerHref} from './provider-address.js'

export function addProviderListPage(admin: Admin): void {
  const {deps} = admin
  addPage(admin, '/admin/providers', async (context) => {
    const [providers, damaged] = await Promise.all([listProviders(deps), nameDamagedProviders(deps)])
    return <ProviderListPage session={context.get('session')} providers={providers} damaged={damaged} />
  })
}

interface ListProps {
  session: AdminSession
  providers: readonly ProviderView[]
  damaged: readonly string[]
}

function ProviderListPage({session, providers, damaged}: ListProps) {
  return (
    <Page
      title="Providers"
      section="providers"
      session={session}
      actions={
        <LinkButton href={ADD_HREF} kind="primary">
          Set up a service
        </LinkButton>
      }
    >
      {damaged.length > 0 && (
        <Notice tone="bad" title="Some records are damaged">
          <p>
            {damaged.join(', ')}: what is wrong says <code>behalf store check</code>.
          </p>
        </Notice>
      )}
      {providers.length === 0 ? (
        <Empty title="No service is set up yet">
          A provider is a service such as Twitch, with the client ID and secret of your application there.
        </Empty>
      ) : (
        <Table
          caption="Providers"
          columns={[
            {title: 'Provider'},
            {title: 'State'},
            {title: 'Client ID'},
            {title: 'Secret'},
            {title: 'Accounts', isNumber: true},
          ]}
          rows={providers.map((provider) => [
            <>
              <a href={providerHref(provider.name)}>{provider.name}</a>
              {provider.preset !== undefined && provider.preset !== provider.name && (
                <p class="soft">{provider.preset}</p>
              )}
            </>,
            <ProviderState provider={provider} />,
            needsClient(provider) ? <Foreign text={provider.clientId} /> : <span class="soft">needs none</span>,
            provider.confidential ? 'kept, sealed' : <span class="soft">none</span>,
            <a href={`/admin/accounts?${String(new URLSearchParams({provider: provider.name}))}`}>
              {provider.accounts.toLocaleString('en')}
              <span class="unseen"> accounts of {provider.name}</span>
            </a>,
          ])}
        />
      )}
    </Page>
  )
}

/** Whether the service takes its client, as far as that is known. */
export function ProviderState({provider: {misconfigured, isProven}}: {provider: ProviderView}) {
  if (misconfigured === undefined) {
    return isProven ? <Badge tone="good">Set up</Badge> : <Badge tone="quiet">Not seen to work yet</Badge>
  }
  return (
    <>
      <Badge tone="bad">Refuses its client</Badge>
      <p class="soft">
        <Foreign text={misconfigured} maxLength={300} />
      </p>
    </>
  )
}
