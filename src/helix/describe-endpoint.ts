import type {HelixEndpoint} from '../model/helix-endpoint.js'
import {parameterName, requiredQuery} from './catalogue.js'
import {answersWithoutScope} from './endpoint-scopes.js'
import {writeExample} from './example-call.js'
import {findPlace} from './fill-acting-user.js'

/** An endpoint as people and programs may want to know it. */
export interface EndpointView extends Pick<
  HelixEndpoint,
  | 'method'
  | 'path'
  | 'name'
  | 'category'
  | 'summary'
  | 'scopes'
  | 'body'
  | 'success'
  | 'paginated'
  | 'pageSize'
  | 'note'
> {
  /** Without any of `scopes` it answers less instead of refusing. */
  scopesOptional: boolean
  /** What adds to the answer. */
  optionalScopes: string[]
  tokenKinds: HelixEndpoint['tokenTypes']
  appTokenNeedsGrant?: NonNullable<HelixEndpoint['appTokenNeedsGrant']>
  query: {name: string; required: boolean; repeatable: boolean}[]
  /** Query parameters of which one is needed. */
  queryOneOf: string[]
  /** Names that the body must have at its top. */
  bodyRequired: string[]
  /** The parameter that must name the acting user, or a phrase. */
  userMustMatch: string | null
  /** Whether that parameter is added where it was left out. */
  filledIn: boolean
  deprecated: boolean
  /** A call of it, to try. */
  example?: string
}

export function describeEndpoint(endpoint: HelixEndpoint): EndpointView {
  const {method, path, name, category, summary, scopes, body, success, paginated, pageSize, note} = endpoint
  const {all, oneOf} = requiredQuery(endpoint)
  const example = writeExample(endpoint)
  return {
    ...{method, path, name, category, summary, scopes, body, success, paginated},
    ...(pageSize && {pageSize}),
    ...(note !== undefined && {note}),
    scopesOptional: answersWithoutScope(endpoint),
    optionalScopes: endpoint.optionalScopes ?? [],
    tokenKinds: endpoint.tokenTypes,
    ...(endpoint.appTokenNeedsGrant && {appTokenNeedsGrant: endpoint.appTokenNeedsGrant}),
    query: endpoint.query.map((entry) => ({
      name: parameterName(entry),
      required: all.includes(parameterName(entry)),
      repeatable: entry.endsWith('[]'),
    })),
    queryOneOf: oneOf,
    bodyRequired: [...new Set(endpoint.bodyRequired)].filter((field) => Object.hasOwn(body ?? {}, field)),
    userMustMatch: endpoint.tokenUserMustMatch,
    filledIn: findPlace(endpoint) !== undefined,
    deprecated: endpoint.deprecated ?? false,
    ...(example !== undefined && {example}),
  }
}
