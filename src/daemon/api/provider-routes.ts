import {createRoute} from '@hono/zod-openapi'
import {z} from 'zod'

import {changeProvider} from '../../broker/change-provider.js'
import {checkProviderName} from '../../broker/check-provider.js'
import {addProvider, listProviders, showProvider} from '../../broker/configure-provider.js'
import {removeProvider} from '../../broker/remove-provider.js'
import {renameProvider, requireRenamable} from '../../broker/rename-provider.js'
import {BehalfError} from '../../model/behalf-error.js'
import {addRoute, type ApiApp, type ApiDeps} from './api-app.js'
import {envelope} from './envelope.js'
import {changesBody, providerInputOf, requireFields, settingsBody} from './provider-fields.js'
import {provider, providerFields, providerJson} from './provider-schema.js'
import {requireScope} from './require-caller.js'
import {requirePlainBody} from './require-plain-body.js'
import {answers, SECURED} from './route-answers.js'

const params = z.object({provider: z.string().describe('the name of a provider')})

const REQUIRED =
  'Without a preset or an issuer `client_id`, `client_secret`, `provider_scope`, `authorisation_base_url`, `token_grabber_base_url` and `user_info_base_url` are all required; a client without a secret says `auth_method` none.'
const ORIGINS =
  'Another origin erases the client secret unless one is given with it, and the accounts need a login then, as they do with another `client_id`.'

const changed = z.strictObject({
  ...providerFields,
  login_needed: z.int().describe('how many of its accounts need a login now'),
})
const removed = z.strictObject({
  ...providerFields,
  removed_accounts: z.int(),
  revoked_accounts: z.int().describe('those of them that were revoked at the service'),
})

const listRoute = createRoute({
  method: 'get',
  path: '/api/v1/oauth',
  summary: 'The services that are set up',
  description: 'Scope: `admin`. Without secrets.',
  security: SECURED,
  responses: answers(z.strictObject({providers: z.array(provider)}), 'The providers'),
})

const showRoute = createRoute({
  method: 'get',
  path: '/api/v1/oauth/{provider}',
  summary: 'One of them',
  description: 'Scope: `admin`. Without its secret.',
  security: SECURED,
  request: {params},
  responses: answers(z.strictObject(providerFields), 'The provider', [404]),
})

const newRoute = createRoute({
  method: 'post',
  path: '/api/v1/oauth/{provider}',
  summary: 'Set up a service',
  description: `Scope: \`admin\`. ${REQUIRED}`,
  security: SECURED,
  request: {params, body: settingsBody},
  responses: answers(z.strictObject(providerFields), 'The provider', [400, 409, 413, 415]),
})

const replaceRoute = createRoute({
  method: 'put',
  path: '/api/v1/oauth/{provider}',
  summary: 'Set up a service anew',
  description: `Scope: \`admin\`. What is not given goes back to what a new provider has. ${REQUIRED} ${ORIGINS}`,
  security: SECURED,
  request: {params, body: settingsBody},
  responses: answers(changed, 'The provider, as it is now', [400, 404, 409, 413, 415]),
})

const changeRoute = createRoute({
  method: 'patch',
  path: '/api/v1/oauth/{provider}',
  summary: 'Change some settings of a service, or its name',
  description: `Scope: \`admin\`. ${ORIGINS} The \`name\` can change while it has no accounts, pending flows or API tokens.`,
  security: SECURED,
  request: {params, body: changesBody},
  responses: answers(changed, 'The provider, as it is now', [400, 404, 409, 413, 415]),
})

const removeRoute = createRoute({
  method: 'delete',
  path: '/api/v1/oauth/{provider}',
  summary: 'Forget a service, with its accounts and pending flows',
  description:
    'Scope: `admin`. Accounts are revoked at the service first, where that can be done. When it cannot be reached, they and the provider stay.',
  security: SECURED,
  request: {
    params,
    query: z.strictObject({
      keep_grant: z.enum(['true', 'false', '1', '0']).optional().describe('forget the accounts without revoking them'),
    }),
  },
  responses: answers(removed, 'The provider, as it was', [400, 404, 409]),
})

/** The services that are set up, for programs that look after them (docs/decisions/0032). */
export function addProviderRoutes(app: ApiApp, deps: ApiDeps): void {
  const reading = requireScope(deps, 'admin')
  const middleware = [reading, requirePlainBody]

  addRoute(app, {...listRoute, middleware: reading}, async (context) => {
    const providers = await listProviders(deps)
    return context.json(envelope(`${String(providers.length)} providers`, {providers: providers.map(providerJson)}))
  })

  addRoute(app, {...showRoute, middleware: reading}, async (context) => {
    const view = await showProvider(deps, context.req.valid('param').provider)
    return context.json(envelope(`The provider ${view.name}`, providerJson(view)))
  })

  addRoute(app, {...newRoute, middleware}, async (context) => {
    const {provider: name} = context.req.valid('param')
    const given = {...context.req.valid('form'), ...context.req.valid('json')}
    checkProviderName(name)
    requireFields(given, {isPreset: hasPreset(deps, name, given)})
    const view = await addProvider(deps, providerInputOf(name, given))
    return context.json(envelope(`The provider ${name} is added`, providerJson(view)))
  })

  addRoute(app, {...replaceRoute, middleware}, async (context) => {
    const {provider: name} = context.req.valid('param')
    const given = {...context.req.valid('form'), ...context.req.valid('json')}
    checkProviderName(name)
    requireFields(given, {isPreset: hasPreset(deps, name, given)})
    const {loginNeeded, ...view} = await changeProvider(deps, providerInputOf(name, given), {anew: true})
    return context.json(
      envelope(`The provider ${name} is replaced`, {...providerJson(view), login_needed: loginNeeded}),
    )
  })

  addRoute(app, {...changeRoute, middleware}, async (context) => {
    const {provider: name} = context.req.valid('param')
    const {name: newName = name, ...given} = {...context.req.valid('form'), ...context.req.valid('json')}
    checkProviderName(name)
    if (newName === name && Object.keys(given).length === 0) throw nothingGiven()
    if (newName !== name) await requireRenamable(deps, name, newName)
    const {loginNeeded, ...view} = await changeProvider(deps, providerInputOf(name, given), {anew: false})
    const renamed = newName === name ? view : await renameProvider(deps, name, newName)
    return context.json(
      envelope(`The provider ${newName} is changed`, {...providerJson(renamed), login_needed: loginNeeded}),
    )
  })

  addRoute(app, {...removeRoute, middleware: reading}, async (context) => {
    const {provider: name} = context.req.valid('param')
    const {keep_grant: keepGrant} = context.req.valid('query')
    const isGrantKept = keepGrant === 'true' || keepGrant === '1'
    const removal = await removeProvider(deps, name, {accounts: isGrantKept ? 'forget' : 'leave'})
    const counts = {removed_accounts: removal.accounts, revoked_accounts: removal.revoked}
    return context.json(envelope(`The provider ${name} is removed`, {...providerJson(removal.provider), ...counts}))
  })
}

/** A provider that is called like a preset is made from it; one that wants options too unless its URLs are given. */
function hasPreset({providers}: ApiDeps, name: string, given: {preset?: unknown; token_grabber_base_url?: unknown}) {
  if (given.preset !== undefined || providers.findPreset(name) !== undefined) return true
  return given.token_grabber_base_url === undefined && providers.describePreset(name) !== undefined
}

const nothingGiven = (): BehalfError =>
  new BehalfError('invalid-input', 'Nothing was given that is to change.', {hint: 'See /openapi.json.'})
