import {Args, Flags} from '@oclif/core'

import {BehalfError} from '../model/behalf-error.js'
import {parsePoints} from '../model/parse-points.js'

export const pointsUserArg = Args.string({
  required: true,
  description: 'Whose points, by any name or id. Case and an @ in front do not count.',
})

const MAX_LISTED = 1000

/** How many of a list. */
export const listedFlag = ({usual, summary}: {usual: number; summary: string}) =>
  Flags.integer({default: usual, min: 1, max: MAX_LISTED, helpValue: 'N', summary})

/** A balance; negative ones have their flag. */
export const balanceArg = Args.custom<number>({parse: (text) => Promise.resolve().then(() => parsePoints(text))})

/** How many to add or to remove. @param opposite the command that a negative number asks for. */
export const amountArg = (opposite: 'add' | 'remove') =>
  Args.custom<number>({
    parse: (text) =>
      Promise.resolve().then(() => {
        const points = parsePoints(text)
        if (points >= 0) return points
        throw new BehalfError('invalid-input', `${text} is less than nothing.`, {
          hint: `behalf points ${opposite} USER ${text.slice(1)}`,
        })
      }),
  })({required: true, description: 'How many, as a whole number.'})

/** Flags of every change. */
export const changeFlags = {
  why: Flags.string({helpValue: 'TEXT', summary: 'Why, for the history.'}),
  'idempotency-key': Flags.string({
    helpValue: 'KEY',
    summary: 'However often this is run with the same key within 24 hours, it counts once.',
  }),
}

/** Of changes that may take away. */
export const allowNegativeFlag = Flags.boolean({
  default: false,
  summary: 'Do it although fewer than none are left.',
})

interface ChangeFlags {
  why?: string | undefined
  'idempotency-key'?: string | undefined
  'allow-negative'?: boolean
}

/** What these flags give, for inputs that know no undefined. */
export const changeOptionsOf = (flags: ChangeFlags) => ({
  ...(flags.why !== undefined && {why: flags.why}),
  ...(flags['idempotency-key'] !== undefined && {idempotencyKey: flags['idempotency-key']}),
  ...(flags['allow-negative'] === true && {allowNegative: true}),
})
