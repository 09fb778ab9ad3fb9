import type {z} from 'zod'

import * as accountSchema from '../../src/daemon/api/account-schema.js'
import * as apiTokenSchema from '../../src/daemon/api/api-token-schema.js'
import * as userSchema from '../../src/daemon/api/user-schema.js'
import * as account from './account.js'
import * as apiToken from './api-token.js'
import * as flow from './flow.js'
import * as helix from './helix.js'
import * as operation from './operation.js'
import * as points from './points.js'
import * as provider from './provider.js'
import * as service from './service.js'
import * as store from './store.js'
import * as user from './user.js'

/** What a command prints with `--json` when it succeeds. */
export type CommandOutput =
  | {kind: 'object'; schema: z.ZodType; note?: string}
  /** One of several objects, depending on the arguments. */
  | {kind: 'one-of'; options: {when: string; schema: z.ZodType}[]}
  /** A line for each thing (NDJSON). */
  | {kind: 'lines'; schema: z.ZodType; note: string}
  /** What someone else wrote: described, not checked. */
  | {kind: 'foreign'; note: string}

const object = (schema: z.ZodType, note?: string): CommandOutput =>
  note === undefined ? {kind: 'object', schema} : {kind: 'object', schema, note}

const helixBody: CommandOutput = {
  kind: 'foreign',
  note: 'the API’s body as it is, and nothing for 204. What the API refuses is an error with `status` and `body`',
}

/** Every command that takes `--json`. */
export const COMMAND_OUTPUTS: Record<string, CommandOutput> = {
  admin: object(operation.adminLink),
  api: {
    kind: 'foreign',
    note: 'the API’s body as it is, byte by byte. What the API refuses is an error with `status` and, up to 1 MiB of it, `body`',
  },
  autocomplete: {
    kind: 'one-of',
    options: [
      {when: 'with a shell', schema: operation.completionScript},
      {when: 'without', schema: operation.completionSetUp},
    ],
  },
  'bot:add': object(account.login),
  'bot:list': object(account.bots),
  'bot:remove': object(account.removal),
  'bot:show': object(accountSchema.account),
  'bot:token': object(account.token),
  demo: object(operation.demo),
  doctor: object(operation.doctor, 'a problem is no error; the exit code is that of the first one'),
  exec: {kind: 'foreign', note: 'what the program prints; an error is behalf’s own'},
  help: object(operation.help),
  'helix:batch': {
    kind: 'lines',
    schema: helix.batchLine,
    note: 'a line for each request, in the order of the input, with `--json` and without',
  },
  'flow:collect': object(flow.collected),
  'flow:list': object(flow.flows),
  'helix:delete': helixBody,
  'helix:endpoints': object(helix.endpoints),
  'helix:get': {
    kind: 'foreign',
    note: 'as the other `helix` commands. With `--paginate` or `--limit` one document whose `data` has the items of all pages; with `--lines` an item a line. If it fails midway, `error` comes behind what was read: as one more key of the document, or on a line of its own',
  },
  'helix:patch': helixBody,
  'helix:post': helixBody,
  'helix:put': helixBody,
  'import:hubot-brain': object(account.hubotBrainImport, 'the exit code says whether all is well'),
  'import:refresh-token': object(account.imported),
  'import:twitch-cli': object(account.twitchCliImport),
  login: object(account.login),
  logout: object(account.removal),
  'points:add': object(points.outcome),
  'points:history': object(points.history),
  'points:remove': object(points.outcome),
  'points:set': object(points.outcome),
  'points:show': object(points.balance),
  'points:top': object(points.top),
  'provider:add': object(provider.provider),
  'provider:list': object(provider.providers),
  'provider:presets': object(provider.presets),
  'provider:remove': object(provider.removedProvider),
  'provider:replace': object(provider.changedProvider),
  'provider:show': object(provider.provider),
  'provider:update': object(provider.changedProvider),
  refresh: object(account.refresh, 'also when an account is not well; the exit code says so'),
  sandbox: {kind: 'lines', schema: operation.sandbox, note: 'one line, when it is ready'},
  serve: {
    kind: 'one-of',
    options: [
      {when: 'when it is ready, on one line', schema: operation.serving},
      {when: 'where a daemon of this store runs at that address already', schema: operation.servingAlready},
    ],
  },
  'service:install': object(service.installation),
  'service:show': {
    kind: 'one-of',
    options: [
      {when: 'without `--cron` and `--launchd`', schema: service.shownUnit},
      {when: 'with one of them', schema: service.shownText},
    ],
  },
  'service:uninstall': object(service.uninstallation),
  status: {
    kind: 'one-of',
    options: [
      {when: 'with an account', schema: accountSchema.account},
      {when: 'without', schema: account.accounts},
    ],
  },
  'store:check': object(operation.storeCheck, 'also of a store that is damaged; the exit code says so'),
  'store:export': object(store.exported, 'a file has to be named'),
  'store:import': object(store.imported),
  'store:migrate': object(store.migrated),
  'store:rekey': object(store.rekeyed),
  'token:issue': object(apiToken.issuedToken),
  'token:list': object(apiToken.apiTokens),
  'token:revoke': object(apiTokenSchema.apiToken),
  'token:rotate': object(apiToken.issuedToken),
  'token:show': object(apiTokenSchema.apiToken),
  'user:link': object(account.login),
  'user:list': object(user.users),
  'user:otp': object(user.oneTimeCode),
  'user:show': object(userSchema.user),
  'user:unlink': object(account.removal),
}
