import type {EndpointView} from '../compose.js'
import {widthOf} from './output.js'
import type {OutputStream} from './surroundings.js'
import {wrapWords} from './wrap-words.js'

const LABEL_WIDTH = 11

/** Everything about one endpoint, for a person; nothing is wider than the stream but what must not be broken. */
export function endpointDetails(endpoint: EndpointView, stream: OutputStream): string {
  const {method, path, name, category, summary, note, example} = endpoint
  const width = widthOf(stream)
  const details: [string, string[]][] = [
    ['token', [endpoint.tokenKinds.map((kind) => TOKENS[kind]).join(', or ')]],
    ['app token', describeGrant(endpoint)],
    ['scopes', describeScopes(endpoint)],
    ['acts as', describeActing(endpoint)],
    ['query', describeQuery(endpoint)],
    ['body', describeBody(endpoint)],
    ['answers', describeAnswer(endpoint)],
    ['note', note === undefined ? [] : [note]],
  ]
  const lines = details.flatMap(([label, texts]) =>
    texts
      .flatMap((text) => wrapWords(text, width - LABEL_WIDTH))
      .map((line, index) => `${(index === 0 ? label : '').padEnd(LABEL_WIDTH)}${line}`),
  )
  const marks = explainMarks(endpoint)
  return [
    `${method} ${path}`,
    ...wrapWords(`${name} (${category}): ${summary}${/[.!?]$/.test(summary) ? '' : '.'}`, width),
    '',
    ...lines,
    ...(marks === '' ? [] : ['', marks]),
    ...(example === undefined ? [] : ['', example]),
  ].join('\n')
}

const TOKENS: Record<EndpointView['tokenKinds'][number], string> = {
  user: 'an account’s',
  app: 'the application’s own',
  'extension-jwt': 'an extension’s JWT, which behalf does not issue',
  none: 'none',
}

function describeGrant({appTokenNeedsGrant: grant}: EndpointView): string[] {
  if (!grant) return []
  const all = [...(grant.allOf ?? []), ...(grant.plus ?? [])]
  const any = [...(grant.anyOf ?? []), ...(grant.oneOf ?? [])]
  const scopes = [...all, ...(any.length > 0 ? [any.join(' or ')] : [])].join(' and ')
  const channel = grant.channelGrant
  return [
    `works where the application was granted ${scopes} by: ${grant.grantedBy}`,
    ...(channel ? [`and ${channel.scopes.join(' and ')} by: ${channel.grantedBy}${unless(channel.unless)}`] : []),
  ]
}

const unless = (what: string | undefined): string => (what === undefined ? '' : `, unless the ${what}`)

function describeScopes({scopes, scopesOptional, optionalScopes}: EndpointView): string[] {
  const needed = scopes.length === 0 ? 'none' : scopes.length === 1 ? scopes.join('') : `one of ${scopes.join(', ')}`
  return [
    scopesOptional ? `${needed}; without it the answer has less` : needed,
    ...(optionalScopes.length > 0 ? [`for more: ${optionalScopes.join(', ')}`] : []),
  ]
}

function describeActing({userMustMatch, filledIn}: EndpointView): string[] {
  if (userMustMatch === null) return []
  return [filledIn ? `${userMustMatch}, which is filled in when left out` : userMustMatch]
}

function describeQuery({query, queryOneOf}: EndpointView): string[] {
  if (query.length === 0) return []
  const names = query.map(({name, required, repeatable}) => `${name}${required ? '*' : ''}${repeatable ? '[…]' : ''}`)
  return [names.join(' '), ...(queryOneOf.length > 0 ? [`one of ${queryOneOf.join(', ')} is needed`] : [])]
}

function describeBody({body, bodyRequired}: EndpointView): string[] {
  const describe = (name: string, type: unknown) =>
    `${name}${bodyRequired.includes(name) ? '*' : ''}: ${typeof type === 'string' ? type : describeShape(type)}`
  return Object.entries(body ?? {}).map(([name, type]) => describe(name, type))
}

function explainMarks({query, bodyRequired}: EndpointView): string {
  const isNeeded = bodyRequired.length > 0 || query.some(({required}) => required)
  const isRepeatable = query.some(({repeatable}) => repeatable)
  return [isNeeded ? '* needed' : '', isRepeatable ? '[…] may be repeated' : '']
    .filter((mark) => mark !== '')
    .join('  ')
}

/** `{"a": "string"}` as `{a: string}`. */
const describeShape = (type: unknown): string =>
  JSON.stringify(type).replaceAll('"', '').replaceAll(':', ': ').replaceAll(',', ', ')

function describeAnswer({success, paginated, pageSize, deprecated}: EndpointView): string[] {
  if (deprecated) return ['410: no longer offered']
  if (!paginated) return [String(success)]
  const {default: usual, max} = pageSize ?? {default: null, max: null}
  const sizes = [usual === null ? '' : `${String(usual)} items`, max === null ? '' : `at most ${String(max)}`]
  const known = sizes.filter((size) => size !== '')
  return [`${String(success)}, in pages${known.length > 0 ? ` of ${known.join(', ')}` : ''}`]
}
