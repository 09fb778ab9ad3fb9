import {Flags} from '@oclif/core'

import type {LoginInput} from '../compose.js'
import {positiveDurationFlag} from './duration.js'
import {splitWords} from './split-words.js'

/** Flags of the commands that log an account in. */
export const loginFlags = {
  provider: Flags.string({
    helpValue: 'NAME',
    summary: 'Where to log in; see `behalf provider list`. Default: the only one there is, else twitch.',
  }),
  scope: Flags.string({
    helpValue: 'SCOPE',
    multiple: true,
    multipleNonGreedy: true,
    summary: 'Ask for this permission too. Repeat it for more.',
  }),
  'reset-scopes': Flags.boolean({
    default: false,
    summary: 'Do not ask again for what the account had been granted before.',
  }),
  device: Flags.boolean({
    default: false,
    exclusive: ['paste'],
    summary: 'Show a code to enter on any device, instead of opening a browser here.',
  }),
  paste: Flags.boolean({
    default: false,
    summary: 'Show the address to open anywhere, and paste the address it leads to back in.',
  }),
  open: Flags.boolean({
    allowNo: true,
    default: true,
    summary: 'Open the browser, or only print the address to open (--no-open).',
  }),
  timeout: positiveDurationFlag({
    default: 300_000,
    defaultHelp: () => Promise.resolve('5m'),
    summary: 'How long to wait for you.',
  }),
}

/** What of these flags the broker wants to know. */
export function loginInputOf(flags: {
  provider: string | undefined
  scope: string[] | undefined
  'reset-scopes': boolean
  device: boolean
  paste: boolean
}): Pick<LoginInput, 'provider' | 'scopes' | 'resetScopes' | 'method'> {
  return {
    ...(flags.provider !== undefined && {provider: flags.provider}),
    scopes: splitWords(flags.scope),
    resetScopes: flags['reset-scopes'],
    method: flags.device ? 'device' : flags.paste ? 'paste' : 'browser',
  }
}
