import {startRedisServer, type RedisServer} from './redis-server.js'
import {until} from './until.js'

/** Three masters that share the slots, on this machine. */
export interface RedisCluster {
  readonly nodes: readonly RedisServer[]
  /** As `BEHALF_REDIS_CLUSTER` has them. */
  readonly addresses: string
  /** Of its first node. */
  readonly url: string
  /** A command to each node; the answers together, where they are lists. */
  command(...words: string[]): Promise<unknown>
  dispose(): Promise<void>
}

const SLOTS = 16_384

export async function startRedisCluster(): Promise<RedisCluster> {
  const config = ['cluster-enabled yes', 'cluster-node-timeout 2000', 'cluster-announce-ip 127.0.0.1']
  const nodes = await Promise.all([1, 2, 3].map(() => startRedisServer({config})))
  const [first] = nodes
  if (first === undefined) throw new Error('There is no first node')
  for (const [index, node] of nodes.entries()) {
    const from = Math.floor((index * SLOTS) / nodes.length)
    const to = Math.floor(((index + 1) * SLOTS) / nodes.length) - 1
    await node.command('CLUSTER', 'ADDSLOTSRANGE', String(from), String(to))
    await node.command('CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1))
    if (node !== first) await first.command('CLUSTER', 'MEET', '127.0.0.1', String(node.port))
  }
  for (const node of nodes) {
    await until('the cluster is whole', async () =>
      /cluster_state:ok[^]*cluster_known_nodes:3/.test(String(await node.command('CLUSTER', 'INFO'))),
    )
  }
  return {
    nodes,
    addresses: nodes.map(({port}) => `127.0.0.1:${String(port)}`).join(','),
    url: first.url,
    async command(...words) {
      const replies = await Promise.all(nodes.map((node) => node.command(...words).catch(() => [])))
      return replies.flat()
    },
    async dispose() {
      for (const node of nodes) await node.dispose()
    },
  }
}
