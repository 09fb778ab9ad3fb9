import {Args, Flags} from '@oclif/core'

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
