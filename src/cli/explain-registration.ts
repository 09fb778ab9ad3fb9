import type {SetUpPlan} from '../compose.js'

/** A short paragraph, or an address that stands alone on its line, ready to be copied. */
export type Paragraph = string

/** How to register an application at the service, step by step. */
export function explainRegistration(plan: SetUpPlan): Paragraph[] {
  const {title, callbackUrl, dialect} = plan
  const isTwitch = dialect === 'twitch'
  return [
    `Setting up ${title}: register an application there, then copy its client ID${isTwitch ? '' : ' and secret'} here.`,
    '',
    ...whereToRegister(plan),
    ...(isTwitch ? ['  Name: any that nobody else at Twitch has taken. People see it when they allow access.'] : []),
    ...(plan.note === undefined || isTwitch ? [] : [`  ${plan.note}`]),
    `  ${isTwitch ? 'OAuth Redirect URLs' : 'Redirect URI'}: exactly this, letter by letter.`,
    callbackUrl,
    ...(isTwitch ? ['  Category: Chat Bot, or whatever fits; nothing here depends on it.'] : []),
    '',
  ]
}

function whereToRegister({title, registerUrl, dialect}: SetUpPlan): Paragraph[] {
  if (registerUrl === undefined) return [`Register an application (an OAuth client) at ${title}:`]
  const needs = dialect === 'twitch' ? ' Twitch wants two-factor authentication switched on for that.' : ''
  return [`Register an application on this page.${needs}`, registerUrl]
}

/** What the two kinds of application mean at Twitch. */
export const TWITCH_CLIENT_TYPES: Paragraph[] = [
  'The Client Type that you choose there decides how logging in works:',
  '  Confidential: it has a secret, which stays on machines of yours. Logging in opens the browser.',
  '    A refresh token does not run out, and can be used again. Choose this if you can.',
  '  Public: it has no secret. Logging in shows a code to enter. A refresh token works once and',
  '    lapses after 30 days, and an answer that gets lost can cost a login.',
  '',
]
