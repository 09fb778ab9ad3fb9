import {BehalfError} from '../../model/behalf-error.js'
import type {RawStore} from '../raw-store.js'

export const notEmpty = ({location}: RawStore, hint: string): BehalfError =>
  new BehalfError('store-not-empty', `The store ${location} holds something already. It has been left as it is.`, {
    hint,
  })
