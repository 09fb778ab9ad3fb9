import {Args} from '@oclif/core'

export const apiTokenArg = Args.string({
  required: true,
  description: 'Which token, by the id that `token list` shows, or by a name that no other one has.',
})
