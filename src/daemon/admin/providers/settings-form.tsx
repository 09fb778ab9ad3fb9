import type {Child} from 'hono/jsx'

import {Checkbox} from '../parts/choice.js'
import {Field, Select, type FieldErrors} from '../parts/field.js'
import {AUTH_WORDS, URL_FIELDS, URL_LABELS} from './provider-fields.js'

/** What stands in the fields, and what is wrong with it. */
export interface FormState {
  textOf: (name: string) => string | undefined
  errors: FieldErrors
}

interface ClientFieldsProps {
  form: FormState
  secretHint: Child
  /** It may be left empty without a word. */
  isSecretOptional: boolean
  publicHint: Child
}

/** The client that the service gave. A secret never comes back in a page. */
export function ClientFields({form, secretHint, isSecretOptional, publicHint}: ClientFieldsProps) {
  const {textOf, errors} = form
  return (
    <>
      <Field
        name="client_id"
        label="Client ID"
        value={textOf('client_id')}
        error={errors.client_id}
        isCode
        isRequired
        maxLength={2000}
      />
      <Field
        name="client_secret"
        label="Client secret"
        type="password"
        hint={secretHint}
        error={errors.client_secret}
        autocomplete="new-password"
        isOptional={isSecretOptional}
        isCode
        maxLength={2000}
      />
      <Checkbox
        name="is_public"
        label="The client has no secret"
        hint={publicHint}
        isChosen={textOf('is_public') === 'yes'}
      />
    </>
  )
}

export const ScopesField = ({form, hint}: {form: FormState; hint: Child}) => (
  <Field name="scopes" label="Scopes" hint={hint} value={form.textOf('scopes')} error={form.errors.scopes} isCode />
)

export const CallbackField = ({form, hint}: {form: FormState; hint: Child}) => (
  <Field
    name="callback_url"
    label="Redirect URI"
    hint={hint}
    value={form.textOf('callback_url')}
    error={form.errors.callback_url}
    inputmode="url"
    isCode
    maxLength={2000}
  />
)

export const AddressFields = ({form}: {form: FormState}) => (
  <>
    {URL_FIELDS.map((name) => {
      const [, label, hint] = URL_LABELS[name]
      return (
        <Field
          name={name}
          label={label}
          {...(hint !== undefined && {hint})}
          value={form.textOf(name)}
          error={form.errors[name]}
          inputmode="url"
          isCode
          maxLength={2000}
        />
      )
    })}
  </>
)

export const ProtocolFields = ({form}: {form: FormState}) => (
  <>
    <Select
      name="auth_method"
      label="How the secret is sent"
      value={form.textOf('auth_method')}
      error={form.errors.auth_method}
      options={[
        {value: '', label: 'As the service wants it'},
        {value: 'post', label: AUTH_WORDS.post},
        {value: 'basic', label: AUTH_WORDS.basic},
      ]}
    />
    <Field
      name="refresh_replay"
      label="What a repeated refresh token does"
      hint="safe, grace:SECONDS, probe or last-resort"
      value={form.textOf('refresh_replay')}
      error={form.errors.refresh_replay}
      isCode
    />
  </>
)
