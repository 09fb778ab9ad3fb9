import {BehalfError} from '../model/behalf-error.js'

/** Whether a failure says that the store cannot be reached now, and nothing more. */
export const isStoreAway = (error: unknown): boolean =>
  error instanceof BehalfError && error.code === 'store-unavailable'

/** What callers are told then: that it is not their fault, and when to come again. */
export const STORE_AWAY = {
  message: 'The store cannot be reached now. Nothing is lost; try again in a moment.',
  headers: {'Retry-After': '2'},
}
