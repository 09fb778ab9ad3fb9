import type {EndpointView} from '../compose.js'
import {widthOf} from './output.js'
import type {OutputStream} from './surroundings.js'
import {renderTable} from './table.js'

export function endpointJson(endpoint: EndpointView): Record<string, unknown> {
  const {pageSize, appTokenNeedsGrant: grant} = endpoint
  return {
    method: endpoint.method,
    path: endpoint.path,
    name: endpoint.name,
    category: endpoint.category,
    summary: endpoint.summary,
    scopes: endpoint.scopes,
    scopes_optional: endpoint.scopesOptional,
    optional_scopes: endpoint.optionalScopes,
    token_kinds: endpoint.tokenKinds,
    ...(grant && {app_token_needs_grant: grantJson(grant)}),
    query: endpoint.query,
    query_one_of: endpoint.queryOneOf,
    body: endpoint.body,
    body_required: endpoint.bodyRequired,
    user_must_match: endpoint.userMustMatch,
    filled_in: endpoint.filledIn,
    success: endpoint.success,
    paginated: endpoint.paginated,
    ...(pageSize && {page_size: pageSize}),
    deprecated: endpoint.deprecated,
    ...(endpoint.note !== undefined && {note: endpoint.note}),
    ...(endpoint.example !== undefined && {example: endpoint.example}),
  }
}

const grantJson = ({
  grantedBy,
  allOf = [],
  anyOf = [],
  oneOf = [],
  plus = [],
  channelGrant,
}: NonNullable<EndpointView['appTokenNeedsGrant']>): Record<string, unknown> => ({
  granted_by: grantedBy,
  all_of: [...allOf, ...plus],
  any_of: [...anyOf, ...oneOf],
  ...(channelGrant && {
    channel: {
      granted_by: channelGrant.grantedBy,
      all_of: channelGrant.scopes,
      ...(channelGrant.unless !== undefined && {unless: channelGrant.unless}),
    },
  }),
})

/** The narrowest terminal in which no scope is broken in two. */
const ROOMY = 80

/** An endpoint a row, and a line for each further scope that would do. */
export function endpointTable(endpoints: readonly EndpointView[], stream: OutputStream): string {
  const longestScope = Math.max(6, ...endpoints.flatMap(({scopes}) => scopes.map((scope) => scope.length)))
  const columns = [
    {title: 'METHOD'},
    {title: 'PATH', minWidth: 12},
    {title: 'SCOPES', minWidth: widthOf(stream) < ROOMY ? 8 : longestScope},
    {title: 'AS'},
  ]
  const rows = endpoints.flatMap((endpoint) => {
    const [scope = '–', ...others] = endpoint.scopes
    const first = [endpoint.method, endpoint.path, scope, describeKinds(endpoint)]
    return [first, ...others.map((other) => ['', '', other, ''])]
  })
  return renderTable(columns, rows, stream)
}

/** Whose token is taken, in a word. */
function describeKinds({tokenKinds}: EndpointView): string {
  if (tokenKinds.includes('user')) return tokenKinds.includes('app') ? 'any' : 'user'
  return tokenKinds.includes('app') ? 'app' : tokenKinds.includes('none') ? '–' : 'JWT'
}
