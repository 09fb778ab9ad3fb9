import type {ManifestCommand, ManifestFlag} from '../package-files.js'

type Listed =
  | 'accounts'
  | 'bots'
  | 'subjects'
  | 'pointsUsers'
  | 'providers'
  | 'presets'
  | 'apiTokens'
  | 'providerScopes'
  | 'tokenScopes'

type PlainKind = Listed | 'helix-path' | 'helix-query' | 'files' | 'nothing'

/** What the value of a flag or an argument is, as far as completion is concerned. */
export type ValueKind = {of: PlainKind} | {of: 'options'; options: readonly string[]}

const FLAG_KINDS: Record<string, PlainKind> = {
  as: 'accounts',
  'default-as': 'accounts',
  expect: 'accounts',
  'issued-to': 'accounts',
  provider: 'providers',
  preset: 'presets',
  scope: 'providerScopes',
  query: 'helix-query',
  store: 'files',
  'client-secret-file': 'files',
  'passphrase-file': 'files',
  'new-secret-file': 'files',
  'irc-tls-cert': 'files',
  'irc-tls-key': 'files',
  // JSON, @FILE or -.
  body: 'files',
}

/** By command and argument; `*` is any command of the topic. */
const ARGUMENT_KINDS: Record<string, PlainKind> = {
  'api method': 'nothing',
  'api path': 'nothing',
  'bot:show login': 'bots',
  'bot:remove login': 'bots',
  'bot:token login': 'accounts',
  'logout account': 'accounts',
  'refresh account': 'accounts',
  'status account': 'accounts',
  'points:* user': 'pointsUsers',
  'provider:add name': 'presets',
  'provider:* name': 'providers',
  'token:issue name': 'nothing',
  'token:* id': 'apiTokens',
  'helix:* path': 'helix-path',
  'helix:batch file': 'files',
  'helix:endpoints filter': 'nothing',
  'provider:presets filter': 'nothing',
  'import:twitch-cli file': 'files',
  'import:hubot-brain file': 'files',
  'exec command': 'files',
  'store:* file': 'files',
  'store:* from': 'files',
  'store:* to': 'files',
  'user:* subject': 'subjects',
  'help command': 'nothing',
}

export function flagKind(command: ManifestCommand, flag: ManifestFlag): ValueKind {
  if (flag.options) return {of: 'options', options: flag.options}
  if (command.id === 'api' && flag.name === 'query') return {of: 'nothing'}
  if (command.id === 'token:issue' && flag.name === 'scope') return {of: 'tokenScopes'}
  return {of: FLAG_KINDS[flag.name] ?? 'nothing'}
}

/** Of the argument at a place. The last one may go on: `refresh a b c`. */
export function argumentKind(command: ManifestCommand, index: number): ValueKind {
  const args = Object.values(command.args)
  const last = args.at(-1)
  const argument = args[index] ?? (last?.multiple === true || command.strict === false ? last : undefined)
  if (!argument) return {of: 'nothing'}
  if (argument.options) return {of: 'options', options: argument.options}
  const [topic = ''] = command.id.split(':')
  return {
    of: ARGUMENT_KINDS[`${command.id} ${argument.name}`] ?? ARGUMENT_KINDS[`${topic}:* ${argument.name}`] ?? 'nothing',
  }
}
