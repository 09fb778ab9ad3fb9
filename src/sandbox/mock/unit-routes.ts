import {Hono} from 'hono'

import type {SandboxEnv} from '../parameters.js'
import type {Client, User} from '../records.js'
import type {SandboxState} from '../state.js'

/** `/units/…` of twitch-cli's mock API (facts 7.3): what there is to play with, for whoever asks. */
export function createUnitRoutes(state: SandboxState): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>()
  app.get('/clients', (c) => c.json(list([...state.clients.values()].map(describeClient))))
  app.get('/users', (c) => c.json(list([...state.users.values()].map(describeUser))))
  return app
}

const list = <T>(data: T[]): {cursor: string; total: number; data: T[]} => ({cursor: '', total: data.length, data})

const describeClient = ({id, secret, name}: Client) => ({ID: id, Secret: secret ?? '', Name: name, IsExtension: false})

const describeUser = ({id, login, displayName, email, broadcasterType, description, createdAt}: User) => ({
  id,
  login,
  display_name: displayName,
  email,
  type: '',
  broadcaster_type: broadcasterType,
  description,
  created_at: new Date(createdAt).toISOString(),
})
