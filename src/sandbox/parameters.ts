import type {HttpBindings} from '@hono/node-server'
import type {Context} from 'hono'

import {IdentityError} from './oauth/identity-error.js'
import type {User} from './records.js'

/** What routes pass to the observer of calls. */
export interface SandboxEnv {
  Bindings: HttpBindings
  Variables: {parameters?: Parameters; clientId?: string; user?: User; issued?: {access?: string; refresh?: string}}
}

export type SandboxContext = Context<SandboxEnv>

/** The parameters of a call, apart and together (the form's first). */
export interface Parameters {
  query: URLSearchParams
  form: URLSearchParams
  all: URLSearchParams
}

/**
 * Reads query and form. Twitch takes parameters from either, and forms urlencoded or multipart (facts 2.4).
 * @throws IdentityError 400 when a multipart body cannot be read.
 */
export async function readParameters(c: SandboxContext): Promise<Parameters> {
  const known = c.get('parameters')
  if (known) return known
  const query = new URL(c.req.url).searchParams
  const form = await readForm(c)
  const parameters = {query, form, all: new URLSearchParams([...form, ...query])}
  c.set('parameters', parameters)
  return parameters
}

async function readForm(c: SandboxContext): Promise<URLSearchParams> {
  const type = c.req.header('content-type')?.split(';', 1)[0]?.trim().toLowerCase()
  if (type === 'application/x-www-form-urlencoded') return new URLSearchParams(await c.req.text())
  if (type !== 'multipart/form-data') return new URLSearchParams()
  try {
    const form = new URLSearchParams()
    for (const [name, value] of await c.req.formData()) if (typeof value === 'string') form.append(name, value)
    return form
  } catch {
    throw new IdentityError(400, 'malformed form body')
  }
}

/** The value of a parameter; undefined when it is missing or empty. */
export function getParameter(parameters: URLSearchParams, name: string): string | undefined {
  const value = parameters.get(name)
  return value === null || value === '' ? undefined : value
}
