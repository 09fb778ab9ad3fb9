import {z} from 'zod'

import {account} from './account-schema.js'

/** A chat user as programs get them; commands print the same with `--json`. */
export const userFields = {
  subject: z.string().describe('the id that the chat service gives the person'),
  accounts: z.array(account).describe('what they have linked, by provider'),
}

export const user = z.strictObject(userFields).meta({id: 'User'})

const text = z.string().min(1).max(8192)
const provider = z.string().min(1).max(40)

/** What a person hands in whole: an API key, or a user name and password. */
export const handedIn = z
  .strictObject({
    provider: provider.describe('at which service'),
    api_key: text.optional().describe('a secret'),
    username: z.string().min(1).max(256).optional(),
    password: text.optional().describe('a secret: the password of `username`, or a token in its place'),
    expect: z.string().min(1).max(256).optional().describe('the user id there that it must be'),
  })
  .refine(
    ({api_key: key, username, password}) => (key === undefined) !== (username === undefined && password === undefined),
    'must have either api_key, or username and password',
  )
  .refine(
    ({username, password}) => (username === undefined) === (password === undefined),
    'must have username and password both',
  )
  .meta({id: 'HandedIn'})

/** Which of a subject's accounts, where there are several. */
export const whichAccount = provider.optional().describe('at which service, where several are linked')

export const handedInCode = z
  .strictObject({
    code: z.string().min(1).max(64).describe('a secret, for a minute'),
    provider: whichAccount,
  })
  .meta({id: 'HandedInCode'})
