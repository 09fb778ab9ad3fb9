import type {SetUpPlan} from '../compose.js'

/** What the two kinds of application mean at Twitch. Lines fit 80 columns. */
export const TWITCH_CLIENT_TYPES: readonly string[] = [
  '     Confidential – has a secret, for machines of yours. Logging in opens the',
  '       browser, and a refresh token does not run out. Choose this if you can.',
  '     Public – has no secret. Logging in shows a code to enter; a refresh token',
  '       works once, and lapses after 30 days.',
]

/** How to register an application at the service. Addresses stand alone on their lines, ready to be copied. */
export function explainRegistration(plan: SetUpPlan): string[] {
  return plan.dialect === 'twitch' ? explainTwitch(plan) : explainOther(plan)
}

function explainTwitch({title, callbackUrl, registerUrl}: SetUpPlan): string[] {
  const wish = 'Register an application (Twitch wants two-factor authentication for that)'
  return [
    `Setting up ${title}:`,
    '',
    ...(registerUrl === undefined ? [`1. ${wish}`] : [`1. ${wish}:`, registerUrl]),
    '   Name: one that nobody else at Twitch has taken',
    '   OAuth Redirect URLs: exactly this, letter by letter',
    callbackUrl,
    '   Category: Chat Bot, or whatever fits',
    '   Client Type: one of',
    ...TWITCH_CLIENT_TYPES,
    '',
    '2. Copy what you see there:',
  ]
}

function explainOther({title, callbackUrl, registerUrl, note, isUnverified}: SetUpPlan): string[] {
  return [
    `Setting up ${title}:`,
    ...(isUnverified ? ['(Its addresses come from a public list. Compare them with its documentation.)'] : []),
    '',
    ...(registerUrl === undefined
      ? [`1. Register an application (an OAuth client) at ${title}`]
      : ['1. Register an application:', registerUrl]),
    ...(note === undefined ? [] : [`   ${note}`]),
    '   Redirect URI: exactly this, letter by letter',
    callbackUrl,
    '',
    '2. Copy what you see there:',
  ]
}

/** What is left to do for whom nothing was explained. */
export function redirectLines({registerUrl, callbackUrl}: Pick<SetUpPlan, 'registerUrl' | 'callbackUrl'>): string[] {
  const where = registerUrl === undefined ? '' : ` at ${registerUrl}`
  return [`Register this redirect URI for it${where}, exactly so:`, callbackUrl]
}
