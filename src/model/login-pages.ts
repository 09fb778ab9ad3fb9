import type {AccountStatus} from './account-status.js'
import {BehalfError} from './behalf-error.js'
import type {CallbackPage} from './callback-page.js'

const NOTHING_STORED = 'Nothing was stored.'

export function successPage(account: AccountStatus): CallbackPage {
  return {
    status: 200,
    title: 'You can close this window',
    text: `behalf may now act as ${account.displayName ?? account.login} at ${account.provider}.`,
  }
}

/**
 * Says what failed as the terminal does; what nobody foresaw is left to the terminal.
 * @param command What to type to try again, where that is known.
 */
export function failurePage(error: unknown, command?: string): CallbackPage {
  const title = 'The login failed'
  if (!(error instanceof BehalfError)) {
    return {status: 500, title, text: `${NOTHING_STORED} The terminal says more.`}
  }
  const hint = error.hint ?? (command === undefined ? undefined : `To try again, type: ${command}`)
  return {
    status: 400,
    title: error.code === 'wrong-person' ? 'This is someone else' : title,
    text: error.message.endsWith(NOTHING_STORED) ? error.message : `${error.message} ${NOTHING_STORED}`,
    ...(hint !== undefined && {hint}),
  }
}
