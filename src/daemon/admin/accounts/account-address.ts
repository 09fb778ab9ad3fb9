import {z} from 'zod'

/** What names an account in a form. */
export const keyField = z.object({key: z.string().min(1).max(512)})

/** Keys hold characters that paths do not like, so they go along as a parameter. */
const atKey = (page: string, key: string): string => `/admin/accounts/${page}?${String(new URLSearchParams({key}))}`

/** Where one account is shown. */
export const accountHref = (key: string): string => atKey('account', key)

/** Where it is asked whether an account is to be removed. */
export const removalHref = (key: string): string => atKey('remove', key)
