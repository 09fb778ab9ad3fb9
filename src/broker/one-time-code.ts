import {nameOf} from '../model/account-name.js'
import type {Account} from '../model/account.js'
import {BehalfError} from '../model/behalf-error.js'
import type {Secret} from '../model/secret.js'
import {MINUTE_MS, type EpochMs} from '../model/time.js'
import type {BrokerDeps} from './broker-deps.js'
import {findSubjectAccount} from './find-subject-account.js'
import {loadProvider} from './load-provider.js'
import {notLinked, type SubjectInput} from './users.js'

/** Those of authenticator apps are over after half of it. */
const LIFE_MS = MINUTE_MS

type Deps = Pick<BrokerDeps, 'store' | 'clock' | 'providers'>

/** Where a code will be sent to, and until when. */
export interface KeptCode {
  provider: string
  expiresAt: EpochMs
}

/**
 * Keeps a one-time code for the next call as a chat user, for a minute at most. Another one takes its place.
 * @throws BehalfError `invalid-input`, `account-not-found`, `ambiguous-account`; `configuration` for a provider that takes
 * none.
 */
export async function keepOneTimeCode(deps: Deps, input: SubjectInput & {code: Secret}): Promise<KeptCode> {
  const {code} = input
  if (!code.matches(/^[\x21-\x7e]{1,64}$/)) {
    throw new BehalfError('invalid-input', 'A one-time code is one word of up to 64 characters.')
  }
  const account = await findSubjectAccount(deps, input)
  if (!account) throw notLinked(input)
  const provider = await loadProvider(deps, account.provider)
  if (provider.otpHeader === undefined) {
    throw new BehalfError('configuration', `${provider.name} takes no one-time codes.`, {
      hint: `Name the header that carries them: behalf provider update ${provider.name} --otp-header HEADER`,
    })
  }
  const expiresAt = deps.clock.now() + LIFE_MS
  const updated = await deps.store.accounts.update(account.key, (current) => ({
    ...current,
    oneTimeCode: {code, expiresAt},
  }))
  if (!updated) throw new BehalfError('account-not-found', `${nameOf(account)} is no longer there.`)
  return {provider: provider.name, expiresAt}
}

/**
 * Takes the one-time code that was kept for this account: it is gone from the store before it is sent, so that of two
 * calls at once one gets it. Undefined when there is none, or its time is over.
 * @param account As it was read for the call; where it holds no code the store is not asked.
 */
export async function takeOneTimeCode(
  deps: Pick<Deps, 'store' | 'clock'>,
  {key, oneTimeCode}: Pick<Account, 'key' | 'oneTimeCode'>,
): Promise<Secret | undefined> {
  if (oneTimeCode === undefined) return undefined
  let taken: Account['oneTimeCode']
  await deps.store.accounts.update(key, (current) => {
    const {oneTimeCode: kept, ...rest} = current
    taken = kept
    return kept === undefined ? current : rest
  })
  if (taken === undefined) return undefined
  // One that ends later than any can was kept by a clock that has been set right since.
  const leftMs = taken.expiresAt - deps.clock.now()
  return leftMs > 0 && leftMs <= LIFE_MS ? taken.code : undefined
}
