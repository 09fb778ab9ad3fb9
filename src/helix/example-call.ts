import type {HelixEndpoint} from '../model/helix-endpoint.js'
import {quoteWord} from '../model/shell-words.js'
import {requiredQuery} from './catalogue.js'
import {findPlace} from './fill-acting-user.js'

/** A broadcaster of the sandbox; at Twitch any id of digits. */
const SOMEONE = '1001'
/** A viewer of the sandbox: most things cannot be done to oneself. */
const SOMEONE_ELSE = '3001'

/** Values that are not just any text. */
const VALUES: Readonly<Record<string, string>> = {
  action: 'ALLOW',
  color: 'blue',
  conduit_id: 'a-conduit',
  duration: '60',
  emote_set_id: '301590448',
  status: 'FULFILLED',
  target_user_id: SOMEONE_ELSE,
  timezone: 'Europe/Berlin',
  title: 'A title',
  to_broadcaster_id: SOMEONE_ELSE,
  to_user_id: SOMEONE_ELSE,
  user_id: SOMEONE_ELSE,
  version: '1',
  vod_offset: '90',
}

/** As `VALUES`, where the same name means something else. */
const VALUES_OF_ENDPOINT: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'GET /moderation/unban_requests': {status: 'pending'},
  'PATCH /moderation/unban_requests': {status: 'approved'},
  'PATCH /polls': {status: 'TERMINATED'},
  'PATCH /predictions': {status: 'CANCELED'},
  'POST /moderation/suspicious_users': {status: 'ACTIVE_MONITORING'},
}

/** What the reference's required names do not add up to. */
const WHOLE: Readonly<Record<string, string>> = {
  'POST /eventsub/subscriptions': ` --app -b '{"type":"stream.online","version":"1","condition":{"broadcaster_user_id":"1001"},"transport":{"method":"conduit","conduit_id":"a-conduit"}}'`,
}

/** How many items a list needs, where one is not enough. */
const LEAST_ITEMS: Readonly<Record<string, number>> = {choices: 2, outcomes: 2}

/**
 * A command that calls the endpoint with everything that it needs and made-up values, for the shell. Undefined for
 * endpoints that behalf does not call.
 */
export function writeExample(endpoint: HelixEndpoint): string | undefined {
  if (endpoint.tokenTypes.includes('extension-jwt')) return undefined
  const {method, path} = endpoint
  return `behalf helix ${method.toLowerCase()} ${path.slice(1)}${WHOLE[`${method} ${path}`] ?? writeParameters(endpoint)}`
}

function writeParameters(endpoint: HelixEndpoint): string {
  const {all, oneOf} = requiredQuery(endpoint)
  const filled = findPlace(endpoint) === 'query' ? endpoint.tokenUserMustMatch : null
  const query = [...all.filter((name) => name !== filled), ...oneOf.slice(0, 1)]
    .map((name) => ` -q ${name}=${quoteWord(valueFor(endpoint, name))}`)
    .join('')
  const body = writeBody(endpoint)
  return body === undefined ? query : `${query} -b ${quoteWord(JSON.stringify(body))}`
}

function valueFor({method, path}: HelixEndpoint, name: string): string {
  const value = VALUES_OF_ENDPOINT[`${method} ${path}`]?.[name] ?? VALUES[name]
  return value ?? (/(^|_)id$/.test(name) ? SOMEONE : 'text')
}

/** What the body must have; where that is nothing, the first thing that it may have. */
function writeBody(endpoint: HelixEndpoint): object | undefined {
  if (endpoint.body === null) return undefined
  const filled = findPlace(endpoint) === 'body' ? endpoint.tokenUserMustMatch : null
  const names = Object.keys(endpoint.body).filter((name) => name !== filled)
  const needed = names.filter((name) => endpoint.bodyRequired.includes(name))
  return pickFields(endpoint, endpoint.body, needed.length > 0 ? needed : names.slice(0, 1))
}

const pickFields = (endpoint: HelixEndpoint, shape: object, names: readonly string[]): object =>
  Object.fromEntries(
    Object.entries(shape)
      .filter(([name]) => names.includes(name))
      .map(([name, type]: [string, unknown]) => [name, exampleOf(endpoint, name, type)]),
  )

/** @param type `string`, `int`, `bool`, `string(datetime)`; or a list or object of such. */
function exampleOf(endpoint: HelixEndpoint, name: string, type: unknown): unknown {
  if (Array.isArray(type)) return Array.from({length: LEAST_ITEMS[name] ?? 1}, () => exampleOf(endpoint, name, type[0]))
  if (typeof type === 'object' && type !== null) return pickFields(endpoint, type, endpoint.bodyRequired)
  if (type === 'int') return 60
  if (type === 'bool') return true
  return type === 'string(datetime)' ? '2030-01-01T12:00:00Z' : valueFor(endpoint, name)
}
