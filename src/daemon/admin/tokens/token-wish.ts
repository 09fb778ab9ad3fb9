import {z} from 'zod'

import {TERMINAL_SCOPES} from '../../../broker/delegate-api-token.js'
import type {IssueTokenInput} from '../../../broker/issue-api-token.js'
import {isActingScope} from '../../../model/api-token-scope.js'
import {quoteWord} from '../../../model/shell-words.js'
import {DAY_MS, HOUR_MS} from '../../../model/time.js'
import {listField} from '../form-fields.js'
import type {FormValues} from '../read-form.js'

/** How long a new API token may live, by what the form calls it; the empty one: without end. */
export const LIVES: readonly {value: string; label: string; lifeMs?: number}[] = [
  {value: '', label: 'Until it is revoked'},
  {value: '1h', label: '1 hour', lifeMs: HOUR_MS},
  {value: '1d', label: '1 day', lifeMs: DAY_MS},
  {value: '7d', label: '7 days', lifeMs: 7 * DAY_MS},
  {value: '30d', label: '30 days', lifeMs: 30 * DAY_MS},
  {value: '90d', label: '90 days', lifeMs: 90 * DAY_MS},
  {value: '365d', label: '1 year', lifeMs: 365 * DAY_MS},
]

/** What the form for a new API token says. */
export interface TokenWish {
  name: string
  /** Those that were ticked and those that were written, in this order. */
  scopes: string[]
  /** `any`: the owner and every bot; `these`: those that are named. */
  reach: 'any' | 'these'
  /** Account names: those that were ticked and those that were written. */
  as: string[]
  defaultAs: string
  issuedTo: string
  life: string
}

/** What is read of a form, whatever is wrong with it. */
export function readWish(values: FormValues): TokenWish {
  const one = (name: string): string => (values[name]?.[0] ?? '').trim()
  return {
    name: one('name'),
    scopes: [...(values.scope ?? []), ...splitWords(one('more_scopes'))],
    reach: one('reach') === 'any' ? 'any' : 'these',
    as: [...(values.as ?? []), ...splitWords(one('more_as'))],
    defaultAs: one('default_as'),
    issuedTo: one('issued_to'),
    life: one('life'),
  }
}

const splitWords = (text: string): string[] => text.split(/[\s,]+/).filter((word) => word !== '')

const text = (maxLength: number) => z.string('must be there once').max(maxLength, 'is too long').default('')

/** The fields of the form. What names accounts and scopes is left to who issues it. */
export const wishFields = z
  .object({
    once: text(64),
    intent: z.enum(['issue', 'check']).default('issue'),
    name: text(400),
    scope: listField(z.string().max(1000)),
    more_scopes: text(100_000),
    reach: z.enum(['any', 'these']).default('these'),
    as: listField(z.string().max(300)),
    more_as: text(100_000),
    default_as: text(300),
    issued_to: text(300),
    life: z
      .enum(
        LIVES.map(({value}) => value),
        'is none of those',
      )
      .default(''),
  })
  .transform(({once, intent, ...fields}, context) => {
    const values = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, [value].flat()]))
    const wish = readWish(values)
    for (const [field, message] of Object.entries(findWrong(wish))) {
      context.addIssue({code: 'custom', path: [field], message})
    }
    return {once, intent, wish}
  })

/** What is wrong with it as it stands, by the names of the fields. */
function findWrong({name, scopes, reach, as}: TokenWish): Record<string, string> {
  const wrong: Record<string, string> = {}
  if (name === '' || name.length > 100 || /\p{C}/u.test(name)) {
    wrong.name = 'Give it a name of 1 to 100 characters that can be seen.'
  }
  const terminal = scopes.find((scope) => TERMINAL_SCOPES.includes(scope))
  if (scopes.length === 0) wrong.scope = 'Choose what the program shall do.'
  if (scopes.length > MAX_SCOPES) wrong.scope = `Choose ${String(MAX_SCOPES)} at most.`
  if (terminal !== undefined) wrong.more_scopes = `${terminal} is given at the terminal alone.`
  if (reach === 'any' && as.length > 0) {
    wrong.reach = 'Choose either all accounts, or some: there is a tick or a name below, and all are chosen.'
  }
  const acting = scopes.find(isActingScope)
  if (acting !== undefined && reach === 'these' && as.length === 0) {
    wrong.reach = `Choose as whom it may act: ${acting} needs an account.`
  }
  return wrong
}

const MAX_SCOPES = 200

export function toIssueInput({name, scopes, reach, as, defaultAs, issuedTo, life}: TokenWish): IssueTokenInput {
  const lifeMs = LIVES.find(({value}) => value === life)?.lifeMs
  return {
    name,
    scopes,
    as,
    asAny: reach === 'any',
    ...(defaultAs !== '' && {defaultAs}),
    ...(issuedTo !== '' && {issuedTo}),
    ...(lifeMs !== undefined && {expiresInMs: lifeMs}),
  }
}

/** The command that issues one with a scope that no page gives. */
export const terminalCommandFor = (name: string): string =>
  `behalf token issue ${quoteWord(name === '' ? 'NAME' : name)} --scope admin --as-any`
