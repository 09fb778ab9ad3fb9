import {Args, Flags} from '@oclif/core'

import type {CredentialKind} from '../model/credential.js'

export const subjectArg = Args.string({
  required: true,
  description: 'The id that the chat service gives the person, such as slack:U02AB.',
})

/** Which of a subject's accounts. */
export const subjectProviderFlag = Flags.string({
  helpValue: 'NAME',
  summary: 'At which provider, if the person has linked several.',
})

/** What an optional flag gives, for inputs that know no undefined. */
export const providerOf = ({provider}: {provider?: string | undefined}): {provider?: string} =>
  provider === undefined ? {} : {provider}

interface KindFlags {
  device: boolean
  paste: boolean
  pin: boolean
  'api-key': boolean
  basic: boolean
}

/** The kind of credential that is to be linked. Undefined: what the provider takes first of all. */
export function kindOf(flags: KindFlags): CredentialKind | undefined {
  if (flags['api-key']) return 'api-key'
  if (flags.basic) return 'basic'
  if (flags.pin) return 'oauth1'
  return flags.device || flags.paste ? 'oauth2' : undefined
}
