import {createRoute} from '@hono/zod-openapi'
import {z} from 'zod'

import {addRoute, type ApiApp} from './api-app.js'
import {describeOtherRoutes} from './describe-other-routes.js'
import {jsonAnswer} from './route-answers.js'

const openApiRoute = createRoute({
  method: 'get',
  path: '/openapi.json',
  summary: 'This description',
  responses: {200: jsonAnswer(z.looseObject({openapi: z.string()}), 'An OpenAPI document')},
})

/** The contract, made of the schemas that requests are checked with. Comes after all other routes. */
export function addOpenApiRoute(app: ApiApp): void {
  let text: string | undefined
  addRoute(app, openApiRoute, (context) => {
    text ??= JSON.stringify(describeApi(app))
    return context.body(text, 200, {'Content-Type': 'application/json'})
  })
}

/** `GET /api/v1/tokens/{id}` is `getTokensById`: programs that are generated from this call their functions so. */
function nameOperation(method: string, path: string): string {
  const words = path
    .replace(/^\/api\/v1\//, '/')
    .replaceAll(/\{(.+?)\}/g, 'by-$1')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '')
  return [method.toLowerCase(), ...words.map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`)].join('')
}

function describeApi(app: ApiApp): object {
  app.openAPIRegistry.registerComponent('securitySchemes', 'apiToken', {
    type: 'http',
    scheme: 'bearer',
    description: 'An API token of `behalf token issue`. `Authorization: Token …` means the same.',
  })
  describeOtherRoutes(app.openAPIRegistry)
  for (const definition of app.openAPIRegistry.definitions) {
    if (definition.type !== 'route') continue
    const {route} = definition
    route.operationId ??= nameOperation(route.method, route.path)
  }
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'behalf',
      version: '1',
      description:
        'Calls APIs on behalf of named accounts. `X-Behalf-Of` names the account; without it the API token decides.',
      license: {name: 'MIT'},
    },
  })
}
