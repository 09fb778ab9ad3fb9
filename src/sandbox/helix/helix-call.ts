import type {z} from 'zod'

import type {HelixEndpoint} from '../../model/helix-endpoint.js'
import type {AccessToken, User} from '../records.js'
import type {SandboxState} from '../state.js'
import {asPerson, type Channel, type Person} from './channel-data.js'
import {HelixError, missingParameter} from './helix-error.js'

/** A Helix call that passed the checks. */
export interface HelixCall {
  state: SandboxState
  endpoint: HelixEndpoint
  /** Missing on the few calls that need none. */
  token: AccessToken | undefined
  /** The token's user; app tokens have none. */
  user: User | undefined
  query: URLSearchParams
  /** The JSON body, or undefined. */
  body: unknown
}

/** What a handler answers; the endpoint's own success status when none is given. */
export interface HelixReply {
  status?: number
  /** Undefined: no body. */
  body?: unknown
  /** Instead of `body`. */
  text?: {type: string; value: string}
}

export type HelixHandler = (call: HelixCall) => HelixReply

/** The value of a query parameter; undefined when it is missing or empty. */
export function queryValue(call: HelixCall, name: string): string | undefined {
  const value = call.query.get(name)
  return value === null || value === '' ? undefined : value
}

/** All values of a repeatable parameter, without repeats. */
export const queryValues = (call: HelixCall, name: string): string[] => [
  ...new Set(call.query.getAll(name).filter((value) => value !== '')),
]

/** A parameter that the checks have made sure of. */
export function requireValue(call: HelixCall, name: string): string {
  const value = queryValue(call, name)
  if (value === undefined) throw missingParameter(name)
  return value
}

export function requireUser(call: HelixCall): User {
  if (call.user === undefined) throw new HelixError(401, 'incorrect user authorization')
  return call.user
}

/** The broadcaster of the call, with the channel. 404 when there is no such account. */
export function requireChannel(call: HelixCall, name = 'broadcaster_id'): {broadcaster: User; channel: Channel} {
  const broadcaster = call.state.users.get(requireValue(call, name))
  if (broadcaster === undefined) throw new HelixError(404, `There is no user with the ID in ${name}.`)
  return {broadcaster, channel: call.state.channels.of(broadcaster.id)}
}

/** The JSON body in the shape the handler needs. 400 when it has another. */
export function parseBody<T extends z.ZodType>(call: HelixCall, schema: T): z.output<T> {
  const parsed = schema.safeParse(call.body ?? {})
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new HelixError(400, `The parameter "${issue?.path.join('.') ?? ''}" was malformed: ${issue?.message ?? ''}`)
}

/** Someone by id: a user, or a made-up viewer who is only known from a list. */
export function describePerson(state: SandboxState, id: string): Person {
  const user = state.users.get(id)
  return user ? asPerson(user) : {id, login: `user_${id}`, displayName: `User_${id}`}
}

export const asUserFields = (person: Person) => ({
  user_id: person.id,
  user_login: person.login,
  user_name: person.displayName,
})

export const asBroadcasterFields = (person: Person) => ({
  broadcaster_id: person.id,
  broadcaster_login: person.login,
  broadcaster_name: person.displayName,
})
