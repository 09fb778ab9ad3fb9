import {Args, Flags} from '@oclif/core'

import {BehalfError} from '../model/behalf-error.js'
import {MINUTE_MS} from '../model/time.js'
import {durationFlag} from './duration.js'

export const helixArgs = {
  path: Args.string({required: true, description: 'What to call, such as users or /chat/messages?broadcaster_id=1.'}),
}

export const helixFlags = {
  query: Flags.string({
    char: 'q',
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'NAME=VALUE',
    summary: 'A query parameter. Repeat it for more, also of the same name.',
  }),
  as: Flags.string({
    exclusive: ['app'],
    helpValue: 'ACCOUNT',
    summary: 'On whose behalf. Default: whom BEHALF_AS names, else the nearest .behalf.json, else the owner.',
  }),
  app: Flags.boolean({default: false, summary: 'As the application itself, on nobody’s behalf.'}),
  provider: Flags.string({
    helpValue: 'NAME',
    summary: 'Which provider’s Helix to call. Default: twitch, or the only one that speaks like it.',
  }),
  fill: Flags.boolean({
    allowNo: true,
    default: true,
    summary: 'Fill in the id of the acting account where it alone can be right, or send what was typed (--no-fill).',
  }),
  check: Flags.boolean({
    allowNo: true,
    default: true,
    summary: 'Check scopes and kind of token before the call, or let Twitch judge (--no-check).',
  }),
  'max-wait': durationFlag({
    default: MINUTE_MS,
    defaultHelp: () => Promise.resolve('60s'),
    summary: 'How long a call waits for Twitch’s rate limit in all; 0s for not at all.',
  }),
  include: Flags.boolean({
    default: false,
    char: 'i',
    exclusive: ['json'],
    summary: 'Print the status line and the headers first.',
  }),
}

/** Flags that hold for many calls together. */
export const helixBatchFlags = {
  as: helixFlags.as,
  app: helixFlags.app,
  provider: helixFlags.provider,
  fill: helixFlags.fill,
  check: helixFlags.check,
  'max-wait': helixFlags['max-wait'],
}

export const helixBodyFlags = {
  body: Flags.string({
    char: 'b',
    helpValue: 'JSON|@FILE|-',
    summary: 'The JSON to send: as it is, from a file, or from stdin.',
  }),
}

/** @throws BehalfError `invalid-input` without a `=`, or without a name before it. */
export function parseQueryPair(text: string): [string, string] {
  const at = text.indexOf('=')
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)]
  throw new BehalfError('invalid-input', `--query “${text.slice(0, 80)}” is not NAME=VALUE, so nothing was sent.`, {
    hint: 'Write it like -q first=100.',
  })
}
