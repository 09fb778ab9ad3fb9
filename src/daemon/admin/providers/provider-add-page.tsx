import type {PresetDescription} from '../../../broker/broker-deps.js'
import type {ProviderInput} from '../../../broker/build-provider.js'
import {addProvider} from '../../../broker/configure-provider.js'
import type {BehalfError} from '../../../model/behalf-error.js'
import {DEFAULT_CREDENTIAL_KINDS} from '../../../model/credential.js'
import {needsClient} from '../../../model/provider.js'
import {callbackAt, leadsHere} from '../accounts/redirect-notice.js'
import {addAction, type FormTry} from '../add-action.js'
import {addPage} from '../add-page.js'
import type {Admin, AdminContext, AdminSession} from '../admin-env.js'
import {pageOriginOf} from '../page-origin.js'
import {Button, LinkButton} from '../parts/button.js'
import {CopyBlock} from '../parts/copy-block.js'
import {ErrorSummary} from '../parts/error-summary.js'
import {Field} from '../parts/field.js'
import {ActionForm} from '../parts/form.js'
import {Buttons, Panel} from '../parts/layout.js'
import {Notice} from '../parts/notice.js'
import {Page} from '../parts/page.js'
import {fieldOfSetting, throwForPage} from './field-of-setting.js'
import {OtherService} from './other-service.js'
import {PresetList, searchPresets} from './preset-list.js'
import {ADD_HREF, providerHref} from './provider-address.js'
import {inputOf, newFields, OPTION_PREFIX, type NewSettings} from './provider-fields.js'
import {
  AddressFields,
  CallbackField,
  ClientFields,
  ProtocolFields,
  ScopesField,
  type FormState,
} from './settings-form.js'
import {testProvider} from './test-provider.js'

/** A service is set up: by a preset, by its issuer, or by its addresses. */
export function addProviderAddPage(admin: Admin): void {
  const {deps} = admin

  function showForm(context: AdminContext, preset: string | undefined, attempt?: FormTry) {
    const {callbackUrl} = deps.providers
    const origin = pageOriginOf(context, deps)
    return (
      <ProviderAddPage
        session={context.get('session')}
        name={preset}
        preset={preset === undefined ? undefined : deps.providers.describePreset(preset)}
        callbackUrl={leadsHere(callbackUrl, origin) ? callbackUrl : callbackAt(origin)}
        isUsualCallback={leadsHere(callbackUrl, origin)}
        attempt={attempt}
      />
    )
  }

  addPage(admin, ADD_HREF, (context) => {
    const {preset, other, q = ''} = context.req.query()
    if (other !== undefined) return showForm(context, undefined)
    if (preset !== undefined && deps.providers.describePreset(preset)) return showForm(context, preset)
    const text = (q || preset || '').trim().slice(0, 100)
    return (
      <Page
        title="Set up a service"
        section="providers"
        session={context.get('session')}
        parent={{title: 'Providers', href: '/admin/providers'}}
      >
        <PresetList text={text} found={searchPresets(deps.providers, text)} />
      </Page>
    )
  })

  const registersClient = ({name, preset = name, credential}: NewSettings): boolean => {
    const usual = deps.providers.describePreset(preset)?.credentialKinds ?? DEFAULT_CREDENTIAL_KINDS
    return needsClient({credentialKinds: credential === undefined ? usual : [credential]})
  }

  addAction(admin, ADD_HREF, {
    fields: newFields
      .loose()
      .refine((given) => given.client_id !== undefined || !registersClient(given), {
        path: ['client_id'],
        error: 'Enter the client ID.',
      })
      // A secret that was forgotten would show at the first login, as a fault of the service's.
      .refine((given) => given.client_secret !== undefined || given.is_public || !registersClient(given), {
        path: ['client_secret'],
        error: 'Enter the secret, or tick that the client has none.',
      }),
    async submit(context, given) {
      const {name, preset, issuer, credential, identity_user_id: userId} = given
      const session = context.get('session')
      const input: ProviderInput = {
        ...inputOf(name, given, session),
        ...(preset !== undefined && {preset}),
        ...(issuer !== undefined && {issuer}),
        ...(credential !== undefined && {credentialKinds: [credential]}),
        ...(userId !== undefined && {identity: {userId}}),
        ...presetOptionsOf(given),
      }
      await addProvider(deps, input).catch(throwForPage)
      deps.log.info('provider-added', {provider: name})
      return {goTo: providerHref(name), note: await testProvider(deps, name, `${name} is set up.`)}
    },
    showAgain: (context, attempt) => showForm(context, attempt.values.preset?.[0], attempt),
    fieldOf: (error: BehalfError) => (error.code === 'provider-exists' ? 'name' : fieldOfSetting(error)),
  })
}

/** The options of a preset that were filled in. */
function presetOptionsOf(given: Readonly<Record<string, unknown>>): Pick<ProviderInput, 'presetOptions'> {
  const options = Object.entries(given).flatMap(([field, value]) =>
    field.startsWith(OPTION_PREFIX) && typeof value === 'string' && value.trim() !== ''
      ? [[field.slice(OPTION_PREFIX.length), value.trim()] as const]
      : [],
  )
  return options.length === 0 ? {} : {presetOptions: Object.fromEntries(options)}
}

interface AddProps {
  session: AdminSession
  /** Of the preset. */
  name: string | undefined
  preset: PresetDescription | undefined
  /** What is to be registered. */
  callbackUrl: string
  /** It is what every provider has that names no other. */
  isUsualCallback: boolean
  attempt: FormTry | undefined
}

function ProviderAddPage({session, name, preset, callbackUrl, isUsualCallback, attempt}: AddProps) {
  const usual: Readonly<Record<string, string | undefined>> = {name, callback_url: isUsualCallback ? '' : callbackUrl}
  const form: FormState = {
    textOf: (field) => (attempt ? attempt.values[field]?.[0] : usual[field]),
    errors: attempt?.errors ?? {},
  }
  const isClient = preset === undefined || needsClient({credentialKinds: preset.credentialKinds ?? ['oauth2']})
  const title = preset?.title ?? 'another service'
  return (
    <Page
      title={`Set up ${title}`}
      section="providers"
      session={session}
      parent={{title: 'Set up a service', href: ADD_HREF}}
    >
      <ErrorSummary errors={form.errors} />
      {isClient && <Registration preset={preset} callbackUrl={callbackUrl} />}
      <ActionForm
        action={ADD_HREF}
        session={session}
        hidden={name === undefined || preset === undefined ? {} : {preset: name}}
        class="stack"
      >
        <Field
          name="name"
          label="Name"
          hint="How you call it from now on: lower-case letters, digits and hyphens."
          value={form.textOf('name')}
          error={form.errors.name}
          isRequired
          isCode
          maxLength={40}
        />
        {Object.entries(preset?.options ?? {}).map(([option, {about, default: common}]) => (
          <Field
            name={`${OPTION_PREFIX}${option}`}
            label={option}
            hint={`It is ${about}.`}
            value={form.textOf(`${OPTION_PREFIX}${option}`) ?? common}
            isRequired={common === undefined}
            isCode
            maxLength={200}
          />
        ))}
        {isClient && (
          <ClientFields
            form={form}
            isSecretOptional={preset === undefined}
            secretHint="It is kept sealed, and shown to nobody again."
            publicHint={`${name === 'twitch' ? 'Twitch calls such a client Public.' : 'Such as an app on a phone.'} Leave the secret empty then.`}
          />
        )}
        {preset === undefined && <OtherService form={form} />}
        <details open={preset === undefined || attempt !== undefined}>
          <summary>More settings</summary>
          <div class="stack">
            <ScopesField form={form} hint="Asked of everybody who logs in. Empty: what the service is usually asked." />
            <CallbackField
              form={form}
              hint={`Exactly as registered. Empty: ${isUsualCallback ? callbackUrl : 'what the daemon has for all'}.`}
            />
            <AddressFields form={form} />
            <ProtocolFields form={form} />
          </div>
        </details>
        <Buttons>
          <Button>{`Set up ${title}`}</Button>
          <LinkButton href="/admin/providers">Cancel</LinkButton>
        </Buttons>
      </ActionForm>
    </Page>
  )
}

function Registration({preset, callbackUrl}: Pick<AddProps, 'preset' | 'callbackUrl'>) {
  const {registerUrl, note, documented} = preset ?? {}
  const isWhole = registerUrl !== undefined && !registerUrl.includes('{')
  return (
    <Panel title="First, register an application there">
      <p>
        {isWhole ? (
          <>
            Go to <a href={registerUrl}>{registerUrl}</a>, register an application (an OAuth client)
          </>
        ) : (
          `Register an application (an OAuth client) at ${preset?.title ?? 'the service'}`
        )}
        , and give it this redirect URI, letter by letter:
      </p>
      <CopyBlock label="Redirect URI" text={callbackUrl} />
      {note !== undefined && <p>{note}</p>}
      {preset !== undefined && documented === undefined && (
        <Notice tone="warn">
          The addresses of this service come from a public list. Compare them with its documentation before you trust
          them with a secret.
        </Notice>
      )}
      <p>Then copy its client ID and secret from there.</p>
    </Panel>
  )
}
