import type {SandboxState} from '../state.js'

/** Who is connected to chat. Of a token there is its `shortHash`, as in the list of calls. */
export const describeConnections = (state: SandboxState) =>
  state.chat.list().map(({id, since, wire, capabilities, speaker, rooms}) => ({
    id,
    since,
    transport: wire.transport,
    nick: speaker?.nick ?? null,
    login: speaker?.user?.login ?? null,
    tokenHash: speaker?.tokenHash ?? null,
    capabilities: [...capabilities],
    rooms: [...rooms].map((broadcasterId) => `#${state.users.get(broadcasterId)?.login ?? broadcasterId}`),
  }))
