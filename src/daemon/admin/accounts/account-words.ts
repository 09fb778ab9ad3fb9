import type {AccountStatus} from '../../../model/account-status.js'
import type {LoginNeededReason} from '../../../model/account.js'
import type {CredentialKind} from '../../../model/credential.js'
import type {Role} from '../../../model/provider.js'
import type {Tone} from '../parts/notice.js'

/** What pages say of the states of accounts. */
export const STATE_WORDS: Readonly<Record<AccountStatus['state'], {tone: Tone; text: string}>> = {
  ok: {tone: 'good', text: 'In order'},
  expired: {tone: 'warn', text: 'Token over, to be refreshed'},
  'in-doubt': {tone: 'warn', text: 'In doubt'},
  'login-needed': {tone: 'bad', text: 'Needs a login'},
  unfinished: {tone: 'warn', text: 'Import not finished'},
}

export const ROLE_WORDS: Readonly<Record<Role, string>> = {owner: 'Owner', bot: 'Bot', user: 'Chat user'}

export const CREDENTIAL_WORDS: Readonly<Record<CredentialKind, string>> = {
  oauth2: 'OAuth 2 tokens',
  oauth1: 'OAuth 1.0a tokens',
  'api-key': 'API key',
  basic: 'User name and password',
}

/** Why an account is as it is, and what is to be done; undefined where all is well. */
export function explainState({state, reason, credential}: AccountStatus): string | undefined {
  switch (state) {
    case 'login-needed':
      if (reason === undefined) return 'Log it in again.'
      return credential !== 'oauth2' && reason === 'rejected' ? 'The service no longer takes it.' : REASONS[reason]
    case 'in-doubt':
      return 'A refresh was sent and its answer has not come, or this is an old copy: whether the refresh token was used is not known. It settles itself, or by “Refresh now”.'
    case 'unfinished':
      return 'Whose tokens these are is not known yet. Run the same import again, or remove it here.'
    case 'expired':
      return 'The access token is over. The next call refreshes it, as does “Refresh now”.'
    case 'ok':
      return undefined
  }
}

const REASONS: Readonly<Record<LoginNeededReason, string>> = {
  rejected: 'The service refused to refresh it: access was taken away, or the password changed.',
  'lost-reply': 'The answer to a refresh got lost, and the refresh token was used up by it.',
  'no-refresh-token': 'Its token is over, and the service gave nothing to refresh it with.',
  'client-changed': 'It was logged in for another client ID than the provider has now.',
  'origin-changed': 'The provider’s addresses have changed since it was logged in.',
}
