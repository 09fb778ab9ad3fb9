import {z} from 'zod'

import {asPerson, makeViewer, type Channel, type Person} from './helix/channel-data.js'
import {randomToken} from './random-text.js'
import type {Client, User} from './records.js'
import type {SandboxState} from './state.js'

const login = z.string().regex(/^[A-Za-z0-9_]{1,50}$/, 'a login is 1 to 50 of a-z, 0-9 and _')
const userId = z.string().regex(/^\d{1,20}$/, 'an id is a string of digits')
const clientId = z.string().regex(/^[a-z0-9]{1,64}$/, 'a client id is lower-case letters and digits')
const count = z.number().int().min(0).max(100_000)

const clientSeed = z.strictObject({
  clientId: clientId.optional(),
  /** Made at random for a confidential client without one. */
  clientSecret: z.string().min(1).max(200).optional(),
  type: z.enum(['public', 'confidential']).default('confidential'),
  name: z.string().min(1).max(200).default('Seeded app'),
  redirectUris: z.array(z.url().max(2000)).max(10).default([]),
  neverExpires: z.boolean().default(false),
})

const userSeed = z.strictObject({
  id: userId.optional(),
  login,
  displayName: z.string().min(1).max(100).optional(),
  email: z.string().max(254).optional(),
  emailVerified: z.boolean().default(true),
  broadcasterType: z.enum(['', 'affiliate', 'partner']).default('affiliate'),
  description: z.string().max(300).default(''),
})

const channelSeed = z.strictObject({
  login,
  live: z.boolean().optional(),
  viewers: count.optional(),
  title: z.string().max(140).optional(),
  moderators: z.array(login).optional(),
  vips: z.array(login).optional(),
  /** Logins that follow, subscribe or chat. */
  followedBy: z.array(login).optional(),
  subscribedBy: z.array(login).optional(),
  chattersNamed: z.array(login).optional(),
  /** How many made-up viewers follow, subscribe or chat. */
  followers: count.optional(),
  subscribers: count.optional(),
  chatters: count.optional(),
  /** `drop_reason` of the next messages sent to this channel. */
  dropNext: z.array(z.strictObject({code: z.string().max(100), message: z.string().max(500)})).optional(),
})

/** What `POST /_sandbox/seed` and `startSandbox({seed})` take. What is there already is kept, or replaced by id. */
export const seedSchema = z.strictObject({
  clients: z.array(clientSeed).max(1000).default([]),
  users: z.array(userSeed).max(20_000).default([]),
  channels: z.array(channelSeed).max(1000).default([]),
  /** Live streams of broadcasters who have no account here. */
  extraStreams: count.optional(),
})

export type SeedInput = z.input<typeof seedSchema>
type Seed = z.output<typeof seedSchema>

const DEFAULT_REDIRECT_URI = 'http://localhost:8420/callback'

/** A confidential and a public client, an owner, two bots and a viewer. The secret is new with every start. */
export function createDefaultSeed(): Seed {
  return seedSchema.parse({
    clients: [
      {clientId: 'sandboxconfidentialclient00001', name: 'Sandbox app', redirectUris: [DEFAULT_REDIRECT_URI]},
      {
        clientId: 'sandboxpublicclient00000000002',
        name: 'Sandbox public app',
        type: 'public',
        redirectUris: [DEFAULT_REDIRECT_URI],
      },
    ],
    users: [
      {id: '1001', login: 'streamer_sam', displayName: 'Streamer_Sam', broadcasterType: 'partner'},
      {id: '2002', login: 'techydrroid', displayName: 'TechyDrroid', broadcasterType: ''},
      {id: '2003', login: 'otherbot', displayName: 'OtherBot', broadcasterType: ''},
      {id: '3001', login: 'viewer_vera', displayName: 'Viewer_Vera', broadcasterType: ''},
    ],
    channels: [
      {
        login: 'streamer_sam',
        live: true,
        viewers: 42,
        moderators: ['techydrroid'],
        followedBy: ['techydrroid', 'viewer_vera'],
        subscribedBy: ['viewer_vera'],
        chattersNamed: ['streamer_sam', 'techydrroid', 'viewer_vera'],
      },
    ],
  } satisfies SeedInput)
}

/** A seed that cannot be applied, with why. */
export class SeedError extends Error {
  override readonly name = 'SeedError'
}

/**
 * Puts clients, users and channels into the state.
 * @returns the clients and users made or replaced
 * @throws SeedError when a login is taken or a channel's person is unknown; what came before it stays
 */
export function applySeed(state: SandboxState, seed: Seed): {clients: Client[]; users: User[]} {
  const users = seed.users.map((input) => {
    const user = makeUser(state, input)
    state.users.set(user.id, user)
    return user
  })
  const clients = seed.clients.map(makeClient)
  for (const client of clients) state.clients.set(client.id, client)
  for (const channel of seed.channels) fillChannel(state, channel)
  if (seed.extraStreams !== undefined) state.channels.extraStreams = seed.extraStreams
  return {clients, users}
}

function makeClient(input: Seed['clients'][number]): Client {
  const {type, name, redirectUris, neverExpires} = input
  const secret = type === 'public' ? null : (input.clientSecret ?? randomToken())
  return {id: input.clientId ?? randomToken(), name, type, secret, redirectUris, neverExpires}
}

function makeUser(state: SandboxState, input: Seed['users'][number]): User {
  const lowerLogin = input.login.toLowerCase()
  const namesake = state.findUserByLogin(lowerLogin)
  const id = input.id ?? namesake?.id ?? pickUserId(state)
  if (namesake !== undefined && namesake.id !== id) {
    throw new SeedError(`the login ${lowerLogin} belongs to id ${namesake.id} already`)
  }
  return {
    id,
    login: lowerLogin,
    displayName: input.displayName ?? input.login,
    email: input.email ?? `${lowerLogin}@example.test`,
    emailVerified: input.emailVerified,
    broadcasterType: input.broadcasterType,
    description: input.description,
    createdAt: Date.UTC(2020, 0, 2, 3, 4, 5),
  }
}

function pickUserId(state: SandboxState): string {
  let number = 90_000 + state.users.size
  while (state.users.has(String(number))) number += 1
  return String(number)
}

function fillChannel(state: SandboxState, input: Seed['channels'][number]): void {
  const find = (name: string): Person => {
    const user = state.findUserByLogin(name)
    if (user === undefined) throw new SeedError(`there is no user ${name}`)
    return asPerson(user)
  }
  const people = (names: string[] = [], made = 0): Person[] => [
    ...names.map(find),
    ...Array.from({length: made}, (_, index) => makeViewer(index + 1)),
  ]
  const owner = find(input.login)
  const followers = people(input.followedBy, input.followers)
  const subscribers = people(input.subscribedBy, input.subscribers)
  const chatters = people(input.chattersNamed, input.chatters)
  const moderators = people(input.moderators)
  const vips = people(input.vips)

  const channel: Channel = state.channels.of(owner.id)
  channel.live = input.live ?? channel.live
  channel.viewers = input.viewers ?? channel.viewers
  channel.title = input.title ?? channel.title
  const at = state.clock.now()
  for (const person of followers) channel.followers.set(person.id, {person, at})
  for (const person of subscribers) channel.subscribers.set(person.id, {person, tier: '1000'})
  for (const person of chatters) channel.chatters.set(person.id, person)
  for (const person of moderators) channel.moderators.add(person.id)
  for (const person of vips) channel.vips.add(person.id)
  channel.dropNext.push(...(input.dropNext ?? []))
}
