import {BehalfError} from '../../model/behalf-error.js'
import {quoteWord} from '../../model/shell-words.js'
import type {RawStore} from '../raw-store.js'

export const notEmpty = ({location}: RawStore, hint: string): BehalfError =>
  new BehalfError('store-not-empty', `The store ${location} holds something already. It has been left as it is.`, {
    hint,
  })

/** A move into it was begun; its records may be nowhere else any more. */
export const unfinishedMove = ({location}: RawStore, other: string): BehalfError =>
  new BehalfError('store-moved', `A move of ${other} to ${location} was begun and not ended`, {
    hint: `behalf store migrate ${quoteWord(other)} ${quoteWord(location)}`,
  })
