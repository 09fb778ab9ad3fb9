import type {EndpointView} from '../compose.js'
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

/** An endpoint a row, with a line for each scope that would do. A long path pushes its scopes to the next line. */
export function endpointTable(endpoints: readonly EndpointView[], stream: OutputStream): string {
  const columns = [{title: 'METHOD'}, {title: 'PATH', minWidth: 20, spills: true}, {title: 'SCOPES'}, {title: 'AS'}]
  const rows = endpoints.map((endpoint) => [
    endpoint.method,
    endpoint.path,
    endpoint.scopes.join('\n') || '–',
    describeKinds(endpoint),
  ])
  return renderTable(columns, rows, stream)
}

/** Whose token is taken, in a word. */
function describeKinds({tokenKinds}: EndpointView): string {
  if (tokenKinds.includes('user')) return tokenKinds.includes('app') ? 'any' : 'user'
  return tokenKinds.includes('app') ? 'app' : tokenKinds.includes('none') ? '–' : 'JWT'
}
