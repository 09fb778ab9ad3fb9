import {z} from 'zod'

import {account, accountFields} from '../../src/daemon/api/account-schema.js'
import {isoTime} from '../../src/daemon/api/iso-time-schema.js'

const damaged = z
  .array(z.string())
  .optional()
  .describe('names of the accounts whose records are damaged; they are not among the others')

export const accounts = z
  .strictObject({
    accounts: z.array(account).describe('owners first, then bots, then users'),
    damaged,
    context: z
      .strictObject({
        source: z.enum(['owner', 'environment', 'file']).optional().describe('what decides'),
        variable: z.string().optional().describe('of `environment`'),
        path: z.string().optional().describe('of `file`'),
        as: z.string().optional().describe('the account as it is named there'),
        provider: z.string().optional().describe('the provider that is named there'),
        account: z.string().optional().describe('key of the account that it means'),
        error: z
          .strictObject({code: z.string().describe('as of an error'), message: z.string().describe('for people')})
          .optional()
          .describe('why it means none'),
      })
      .describe('who acts where a command does not say'),
  })
  .meta({id: 'AccountList'})

export const bots = z
  .strictObject({bots: z.array(account).describe('ordered by provider and login')})
  .meta({id: 'BotList'})

export const login = z
  .strictObject({
    account: account.describe('who logged in'),
    created: z.boolean().describe('false: a known account was renewed'),
    missing_scopes: z.array(z.string()).describe('asked for, and not granted'),
    cannot_refresh: z.boolean().describe('no refresh token came: a login is needed when this token ends'),
  })
  .meta({id: 'Login'})

export const imported = z
  .strictObject({
    ...login.shape,
    already_imported: z.boolean().describe('this very token had been imported before; nothing was changed'),
    copy_ended: z.boolean().describe('the provider has replaced the token: the copy it came from works no more'),
  })
  .meta({id: 'Import', extends: 'Login'})

export const twitchCliImport = z
  .strictObject({
    provider: z.string().describe('name of the provider'),
    provider_added: z.boolean().describe('false: it was there'),
    login: imported.nullable().describe('null: the file held no user token'),
  })
  .meta({id: 'TwitchCliImport'})

export const hubotBrainImport = z
  .strictObject({
    credentials: z
      .array(
        z.strictObject({
          user_id: z.string().describe('of the adapter'),
          subject: z.string().describe('whose credential it is here'),
          outcome: z
            .enum(['imported', 'present', 'unreadable', 'refused', 'not-tried'])
            .describe('`present`: there is another one already, which stays; `not-tried`: Jenkins did not answer'),
          login: z.string().nullable().describe('who that is at Jenkins, where it is known'),
          reason: z.string().nullable().describe('for people'),
        }),
      )
      .describe('every credential of the brain'),
  })
  .meta({id: 'HubotBrainImport'})

export const removal = z
  .strictObject({
    account: account.describe('what was forgotten'),
    revoked: z.boolean().describe('whether access was revoked at the provider'),
    connections_url: z.string().optional().describe('where a person can end the access by hand'),
  })
  .meta({id: 'Removal'})

const refreshedAccount = z
  .strictObject({
    ...accountFields,
    detail: z.string().optional().describe('why, and what was noticed'),
    outcome: z
      .enum([
        'fresh',
        'validated',
        'refreshed',
        'superseded',
        'rejected',
        'login-needed',
        'misconfigured',
        'unavailable',
        'in-doubt',
      ])
      .describe('what was done; `superseded`: someone else had renewed it'),
    hint: z.string().optional().describe('the command that mends it'),
  })
  .meta({id: 'RefreshedAccount', extends: 'Account'})

export const refresh = z
  .strictObject({
    accounts: z.array(refreshedAccount).describe('ordered by key'),
    misconfigured: z
      .array(
        z.strictObject({
          provider: z.string().describe('its name'),
          reason: z.string().describe('for people'),
          hint: z.string().describe('the command that mends it'),
        }),
      )
      .describe('providers that refused the client'),
    damaged,
  })
  .meta({id: 'RefreshReport'})

export const token = z
  .strictObject({
    access_token: z.string().describe('the provider’s access token: a secret'),
    client_id: z.string().describe('the client that it belongs to'),
    expires_at: isoTime.optional().describe('when it ends; not there: no known end'),
    account: account.describe('whose it is'),
  })
  .meta({id: 'ProviderToken'})
