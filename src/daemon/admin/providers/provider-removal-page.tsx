import {z} from 'zod'

import {showProvider} from '../../../broker/configure-provider.js'
import {removeProvider} from '../../../broker/remove-provider.js'
import type {ProviderView} from '../../../broker/view-provider.js'
import {BehalfError} from '../../../model/behalf-error.js'
import {countThings} from '../../../model/count-things.js'
import {addAction} from '../add-action.js'
import {addPage} from '../add-page.js'
import type {Admin, AdminContext, AdminSession} from '../admin-env.js'
import {tickField} from '../form-fields.js'
import {Checkbox} from '../parts/choice.js'
import {Confirm} from '../parts/confirm.js'
import {ErrorSummary} from '../parts/error-summary.js'
import type {FieldErrors} from '../parts/field.js'
import {Page} from '../parts/page.js'
import {providerHref} from './provider-address.js'

/** The question before a provider is removed with its accounts. */
export function addProviderRemovalPage(admin: Admin): void {
  const {deps} = admin
  const show = async (context: AdminContext<'/:name'>, errors: FieldErrors = {}) => (
    <ProviderRemovalPage
      session={context.get('session')}
      provider={await showProvider(deps, context.req.param('name'))}
      errors={errors}
    />
  )

  addPage(admin, '/admin/providers/of/:name/remove', (context) => show(context))

  addAction(admin, '/admin/providers/of/:name/remove', {
    fields: z.object({keep_grant: tickField()}),
    async submit(context, {keep_grant: keepGrant}) {
      const name = context.req.param('name')
      try {
        const {accounts, revoked} = await removeProvider(deps, name, {accounts: keepGrant ? 'forget' : 'leave'})
        deps.log.info('provider-removed', {provider: name, accounts, revoked})
        const gone =
          accounts === 0 ? '' : ` ${countThings(accounts, 'account')} went with it, ${String(revoked)} revoked.`
        return {goTo: '/admin/providers', note: `${name} is removed.${gone}`}
      } catch (error) {
        if (!(error instanceof BehalfError) || error.code !== 'unavailable') throw error
        const text = `${error.message} The provider and the accounts that are left stay. Try again later, or keep the grants.`
        return context.html(await show(context, {keep_grant: text}), 503)
      }
    },
    showAgain: (context, {errors}) => show(context, errors),
  })
}

interface RemovalProps {
  session: AdminSession
  provider: ProviderView
  errors: FieldErrors
}

function ProviderRemovalPage({session, provider: {name, accounts}, errors}: RemovalProps) {
  return (
    <Page
      title={`Remove ${name}?`}
      section="providers"
      session={session}
      parent={{title: name, href: providerHref(name)}}
    >
      <ErrorSummary errors={errors} />
      <Confirm
        session={session}
        action={providerHref(name, '/remove')}
        label={accounts === 0 ? 'Remove the provider' : `Remove it with ${countThings(accounts, 'account')}`}
        cancelHref={providerHref(name)}
      >
        <p>
          {accounts === 0
            ? 'It has no accounts. Its settings, its client secret and its pending logins are forgotten.'
            : `Its ${countThings(accounts, 'account')} are revoked at the service, then forgotten with its settings, its client secret and its pending logins. No program can act as them any more.`}
        </p>
        {accounts > 0 && (
          <Checkbox
            name="keep_grant"
            label="Keep the grants"
            hint="Forget the accounts without revoking them, such as when the service cannot be reached."
          />
        )}
      </Confirm>
    </Page>
  )
}
