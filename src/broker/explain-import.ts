import type {Account} from '../model/account.js'
import {BehalfError} from '../model/behalf-error.js'
import type {Provider, Role} from '../model/provider.js'
import {forgetImportCommand} from '../model/unfinished-import.js'
import {misconfiguredError} from './load-provider.js'
import type {RefreshResult} from './refresh-attempt.js'

type FailedRefresh = Exclude<RefreshResult, {kind: 'refreshed' | 'superseded' | 'gone'}>

const AGAIN = 'Run the same import again'

/** What brings the account in without a token from elsewhere. */
function loginCommand(provider: string, {role, subject = ''}: Whose): string {
  const command = {owner: 'login', bot: 'bot add', user: `user link ${subject}`}[role]
  return `behalf ${command}${provider === 'twitch' ? '' : ` --provider ${provider}`}`
}

interface Whose {
  role: Role
  /** Of a `user`. */
  subject?: string
}

/** Why an import came to nothing when its token was used. `isForgotten`: nothing of it is kept. */
export function explainRefresh(
  provider: Provider,
  result: FailedRefresh,
  whose: Whose,
  isForgotten: boolean,
): BehalfError {
  const {name} = provider
  const {state} = result.account
  if (state.kind === 'login-needed') {
    const reason = state.detail ?? state.reason
    return new BehalfError(
      'login-failed',
      `${name} does not accept this refresh token: ${reason}. Nothing is stored.`,
      {
        hint: loginCommand(name, whose),
      },
    )
  }
  switch (result.kind) {
    case 'rejected':
    case 'login-needed':
      return new BehalfError('configuration', `The import was begun with other settings of ${name}.`, {
        hint: isForgotten
          ? `${AGAIN}.`
          : `Go back to them, or forget what was begun: ${forgetImportCommand(result.account)} --keep-grant`,
      })
    case 'misconfigured':
      return misconfiguredError(provider, result.reason)
    case 'unavailable':
      return new BehalfError('unavailable', `${name} could not be asked: ${result.reason}. The token was not used.`, {
        hint: `${AGAIN} in a moment.`,
      })
    case 'in-doubt':
      return new BehalfError(
        'unavailable',
        `It is not known whether ${name} has used the token: ${result.reason}. What there is of it is kept.`,
        {hint: `${AGAIN} in half a minute; it goes on from there.`},
      )
  }
}

/**
 * Why the tokens of an import were kept out once it was known whose they are.
 * @param kept What has taken the place of the imported token, and would be lost with it.
 */
export function explainRefusal(error: unknown, kept: Account | undefined): unknown {
  if (!(error instanceof BehalfError)) return error
  const {code, message, status, body} = error
  const what = kept
    ? `The imported token is used up; what came in its place is kept, and unfinished.`
    : 'Nothing was stored.'
  const forget = kept ? `, or forget it: ${forgetImportCommand(kept)}` : ''
  const again = code === 'wrong-person' ? `${AGAIN}, with the right --role, --expect or --replace` : AGAIN
  return new BehalfError(code, `${message} ${what}`, {
    cause: error,
    hint: `${again}${forget}.`,
    ...(status !== undefined && {status}),
    ...(body !== undefined && {body}),
  })
}
