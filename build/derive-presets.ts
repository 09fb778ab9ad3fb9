/**
 * Makes `src/providers/presets/derived.json` from the provider list of grant (MIT), unpacked from its npm package:
 *
 *     npx tsx build/derive-presets.ts path/to/grant/config
 *
 * The result is in the repository; nothing needs grant to build or to run.
 */
import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import {z} from 'zod'

import type {PresetRow} from '../src/providers/presets/preset.js'
import {presetRowSchema} from './preset-schema.js'
import {titles} from './preset-titles.js'

const providers = z.record(
  z.string(),
  z.object({
    oauth: z.union([z.literal(1), z.literal(2)]),
    request_url: z.string().optional(),
    authorize_url: z.string(),
    access_url: z.string(),
    scope_delimiter: z.string().length(1).default(','),
  }),
)
const profiles = z.record(z.string(), z.object({profile_url: z.string()}))

type Source = z.infer<typeof providers>[string]

/** What these speak is neither RFC 6749 nor RFC 5849: other parameters, other answers, or a service that is gone. */
const LEFT_OUT = ['basecamp', 'concur', 'getpocket', 'tiktok', 'visualstudio', 'wechat', 'yammer']
/** A row of ours under another name. */
const RENAMED = ['twitter2']

/** Their profile wants the token somewhere else than in the header, or answers no JSON. */
// prettier-ignore
const STRANGE_PROFILES = [
  'baidu', 'constantcontact', 'deezer', 'disqus', 'echosign', 'flickr', 'foursquare', 'instagram', 'mailchimp',
  'mixcloud', 'qq', 'shopify', 'soundcloud', 'stackexchange', 'stocktwits', 'tumblr', 'vk', 'weibo',
]
const PROFILE_QUERIES: Readonly<Record<string, string>> = {arcgis: '?f=json', meetup: '?member_id=self'}
const BASIC_AUTH = ['autodesk', 'ebay', 'fitbit', 'homeaway', 'hootsuite', 'trustpilot']
const SCOPE_PARAMETERS: Readonly<Record<string, string>> = {freelancer: 'advanced_scopes', optimizely: 'scopes'}

const folder = process.argv[2]
if (folder === undefined) throw new Error('Name the folder that holds grant’s oauth.json and profile.json.')
const presets = join(import.meta.dirname, '../src/providers/presets')
const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'))

const sources = providers.parse(readJson(join(folder, 'oauth.json')))
const profileOf = profiles.parse(readJson(join(folder, 'profile.json')))
const ours = z.array(presetRowSchema).parse(readJson(join(presets, 'verified.json')))
const skipped = new Set([...LEFT_OUT, ...RENAMED, ...ours.map(({name}) => name)])

const rows = Object.entries(sources)
  .filter(([name]) => !skipped.has(name))
  .map(([name, source]) => deriveRow(name, source))
  .sort((a, b) => (a.name < b.name ? -1 : 1))
writeFileSync(join(presets, 'derived.json'), `[\n${rows.map((row) => `  ${JSON.stringify(row)}`).join(',\n')}\n]\n`)
process.stdout.write(`${String(rows.length)} presets derived, ${String(LEFT_OUT.length)} left out.\n`)

function deriveRow(name: string, source: Source): PresetRow {
  const row: PresetRow = {
    name,
    title: titles[name] ?? name.charAt(0).toUpperCase() + name.slice(1),
    ...(source.oauth === 1 && {credentialKinds: ['oauth1'], requestTokenUrl: nameOption(source.request_url ?? '')}),
    authorizeUrl: nameOption(source.authorize_url),
    tokenUrl: nameOption(source.access_url),
    ...findProfile(name, source),
    ...(BASIC_AUTH.includes(name) && {authMethod: 'basic' as const}),
    ...(SCOPE_PARAMETERS[name] !== undefined && {scopeParameter: SCOPE_PARAMETERS[name]}),
    ...(source.oauth === 2 && source.scope_delimiter === ',' && {scopeSeparator: ',' as const}),
  }
  const described = {...row, ...describeOption(row)}
  presetRowSchema.parse(described)
  return described
}

/** Where the profile is, the API is. */
function findProfile(name: string, source: Source): Pick<PresetRow, 'userinfoUrl' | 'apiUrl'> {
  const found = nameOption(profileOf[name]?.profile_url ?? '')
  const isPersonal = found.includes('{') && !(source.authorize_url + source.access_url).includes('[')
  if (!found.startsWith('https://') || isPersonal) return {}
  const apiUrl = found.split('/').slice(0, 3).join('/')
  return STRANGE_PROFILES.includes(name) ? {apiUrl} : {userinfoUrl: found + (PROFILE_QUERIES[name] ?? ''), apiUrl}
}

/** `[subdomain]` is the whole host of some, and the first part of it of others. */
function nameOption(url: string): string {
  return url.replace(/^https:\/\/\[subdomain\]\//, 'https://{host}/').replace('[subdomain]', '{subdomain}')
}

function describeOption({authorizeUrl, tokenUrl}: PresetRow): Pick<PresetRow, 'options'> {
  const url = [authorizeUrl, tokenUrl].find((one) => one?.includes('{')) ?? ''
  if (url.includes('{host}'))
    return {options: {host: {is: 'address', about: `what stands between https:// and ${rest(url)}`}}}
  if (!url.includes('{subdomain}')) return {}
  return {options: {subdomain: {is: 'label', about: `what stands before ${rest(url)}`}}}
}

/** What follows the option: the rest of the host, or the path where it is the whole host. */
function rest(url: string): string {
  return url.replace(/^.*\}/, '').replace(/^(\.[^/]*)\/.*$/, '$1')
}
