import {CREDENTIAL_KINDS} from '../../../model/credential.js'
import {CREDENTIAL_WORDS} from '../accounts/account-words.js'
import {Field, Select} from '../parts/field.js'
import type {FormState} from './settings-form.js'

/** What is asked of a service that behalf does not know. */
export const OtherService = ({form}: {form: FormState}) => (
  <>
    <Field
      name="issuer"
      label="Issuer"
      hint="Of OpenID Connect: its addresses are then asked there, and need not be given below."
      value={form.textOf('issuer')}
      error={form.errors.issuer}
      inputmode="url"
      isCode
      maxLength={2000}
    />
    <Select
      name="credential"
      label="What its accounts hold"
      value={form.textOf('credential')}
      error={form.errors.credential}
      options={[
        {value: '', label: 'Usual: OAuth 2'},
        ...CREDENTIAL_KINDS.map((value) => ({value, label: CREDENTIAL_WORDS[value]})),
      ]}
    />
    <Field
      name="identity_user_id"
      label="Where the user id stands in the user info"
      hint="The path of the member, with dots: data.user.id"
      value={form.textOf('identity_user_id')}
      error={form.errors.identity_user_id}
      isCode
      maxLength={200}
    />
  </>
)
