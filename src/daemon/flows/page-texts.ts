import type {LoginResult} from '../../broker/complete-login.js'
import {BehalfError} from '../../model/behalf-error.js'
import type {CallbackPage} from '../../model/callback-page.js'
import {isWebLogin, type Flow, type HeldGrant} from '../../model/flow.js'
import {failurePage} from '../../model/login-pages.js'
import {readableName} from '../../model/readable-text.js'
import {HTTP_STATUSES} from '../http-statuses.js'

/** What a page names. */
export interface PageNames {
  /** The program that asks. */
  app: string
  /** The service, as people call it. */
  service: string
}

/** Before anything happens. */
export function startPage(flow: Flow, {app, service}: PageNames, action: string): CallbackPage {
  const {subject} = flow
  const button = {label: `Continue to ${service}`}
  const forWhom = subject === undefined ? [] : [['For', subject] as const]
  const facts = [['Asked by', app] as const, ['Service', service] as const, ...forWhom]
  if (flow.role !== 'user') {
    const [title, whom] = ROLE_TITLES[flow.role]
    return {
      status: 200,
      title: `${title} at ${service}`,
      text: `Be logged in at ${service} as ${whom}, or choose it there. behalf may then act as it.`,
      facts: [...facts, ...(flow.expect === undefined ? [] : [['Must be', flow.expect] as const])],
      form: {action, buttons: [button]},
      hint: 'If somebody sent you this link, and you do not know why, close this window.',
    }
  }
  if (isWebLogin(flow)) {
    return {
      status: 200,
      title: `Log in with ${service}`,
      text: `${app} asks you to log in with your ${service} account, and may then act as you there.`,
      facts,
      form: {action, buttons: [button]},
      hint: 'If somebody sent you this link, close this window.',
    }
  }
  return {
    status: 200,
    title: `Connect your ${service} account`,
    text: `${app} asks to act as you at ${service} whenever ${String(subject)} tells it to.`,
    facts,
    form: {action, buttons: [button]},
    hint: `Go on only if ${String(subject)} is you, and you asked for this link yourself.`,
  }
}

const ROLE_TITLES = {
  bot: ['Log the bot in', 'the bot'],
  owner: ['Log the owner in', 'the owner'],
} as const

/** The question after the callback; until it is answered nothing is kept. */
export function confirmPage(
  flow: Flow,
  {who}: HeldGrant,
  {app, service}: PageNames,
  form: {action: string; proof: string},
): CallbackPage {
  const name = readableName(who)
  const subject = String(flow.subject)
  return {
    status: 200,
    title: `Connect ${name} to ${subject}?`,
    text: `${app} could then act as ${name} at ${service} whenever ${subject} tells it to.`,
    facts: [
      [`${service} account`, who.login === name ? name : `${name} (${who.login})`],
      ['Connect to', subject],
      ['Asked by', app],
    ],
    form: {
      action: form.action,
      hidden: {proof: form.proof},
      buttons: [
        {label: 'Connect', decision: 'connect'},
        {label: 'Do not connect', decision: 'decline', isQuiet: true},
      ],
    },
    hint: `If ${subject} is not you, do not connect: somebody else would act as you.`,
  }
}

/** The same where the answer comes through the chat. */
export function codePage(flow: Flow, {who, code}: HeldGrant, {app}: PageNames): CallbackPage {
  const name = readableName(who)
  const text = code?.reveal() ?? ''
  return {
    status: 200,
    title: 'One more step',
    text: `To connect ${name} to ${String(flow.subject)}, send this code to ${app} in the chat where you asked.`,
    code: `${text.slice(0, 4)}-${text.slice(4)}`,
    hint: 'Give it to nobody else. If you did not ask for this, close this window: nothing is connected then.',
  }
}

export function donePage(flow: Flow, {account, cannotRefresh}: LoginResult, {service}: PageNames): CallbackPage {
  const name = readableName(account)
  const text = isWebLogin(flow)
    ? `You are logged in as ${name}.`
    : flow.subject === undefined
      ? `behalf may now act as ${name} at ${account.provider}.`
      : `${name} is connected to ${flow.subject}.`
  const hint = `${service} gives no lasting access: you will be asked again when this one ends.`
  return {status: 200, title: 'You can close this window', text, ...(cannotRefresh && {hint})}
}

export const DECLINED: CallbackPage = {
  status: 200,
  title: 'Not connected',
  text: 'Nothing was stored. You can close this window.',
}

/** A person at a page can do nothing with a command of ours; who started a login at a terminal can. */
export function troublePage(error: unknown, flow?: Flow): CallbackPage {
  const status = statusOf(error)
  const page = failurePage(error)
  const {hint, ...rest} = page
  if (status >= 500 && status !== 502) return {...rest, ...OUR_TROUBLE, status}
  const isForTerminal = flow !== undefined && flow.startedBy === undefined && !flow.startPage
  const shown = hint !== undefined && (isForTerminal || !/\bbehalf \w|--\w/.test(hint)) ? {hint} : {}
  const title = TITLES[error instanceof BehalfError ? error.code : 'internal'] ?? rest.title
  return {...rest, title, status, ...shown}
}

/** Of an answer to a callback; what the callback itself got wrong is the caller's fault. */
export function statusOf(error: unknown): number {
  const code = error instanceof BehalfError ? error.code : 'internal'
  if (code === 'login-failed') return 400
  return code === 'wrong-person' ? 403 : HTTP_STATUSES[code]
}

const TITLES: Partial<Record<string, string>> = {
  refused: 'Not in this browser',
  'flow-not-found': 'This link leads nowhere',
}

const OUR_TROUBLE = {
  title: 'This did not work',
  text: 'Something is wrong on our side, or at the service. Nothing was stored. Try again in a while, with a new link.',
}

export const NO_ANSWER: CallbackPage = {
  status: 400,
  title: 'Nothing to do yet',
  text: 'There is no answer of the provider in this address. The login is still waiting for it.',
}
