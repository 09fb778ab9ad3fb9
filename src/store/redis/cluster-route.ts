import {setTimeout as sleep} from 'node:timers/promises'

import type {RedisPlace, RedisServerAddress} from '../../config/store-place.js'
import {SECOND_MS} from '../../model/time.js'
import {hashSlotOf} from './hash-slot.js'
import {RedisLink} from './link.js'
import {isLost, isReply} from './redis-errors.js'
import type {RedisCommand} from './redis-client.js'
import type {RedisRoute} from './route.js'

/** How often a command goes where it is sent on to, before the cluster is said to be at odds with itself. */
const MOST_MOVES = 5
const MOVE_PAUSE_MS = 50
/** The map of slots is read again this often at most, however many commands find a node gone. */
const MAP_PAUSE_MS = SECOND_MS

type Results = PromiseSettledResult<unknown>[]

/** One stretch of slots, and the master that has it. */
interface SlotRange {
  first: number
  last: number
  node: string
}

/**
 * Finds the master of a key by the cluster's own map, and follows its corrections. A command that was sent on was not
 * done by who sent it on, so following loses nothing; one that was not answered is not sent to anyone else.
 */
export function createClusterRoute(place: RedisPlace, seeds: readonly RedisServerAddress[]): RedisRoute {
  const links = new Map<string, RedisLink>()
  let ranges: readonly SlotRange[] | undefined
  let reading: Promise<readonly SlotRange[]> | undefined
  let mayReadAt = 0

  function linkTo(node: string): RedisLink {
    const known = links.get(node)
    if (known !== undefined) return known
    const link = new RedisLink(() => Promise.resolve(parseNode(node)), place)
    links.set(node, link)
    return link
  }

  /** Asks those that are known now, and then those that the settings name. */
  async function readMap(): Promise<readonly SlotRange[]> {
    const nodes = new Set([...(ranges ?? []).map(({node}) => node), ...seeds.map(nameNode)])
    let failure: unknown
    for (const node of nodes) {
      const [result] = await linkTo(node)
        .exchange([['CLUSTER', 'SLOTS']])
        .catch((reason: unknown): Results => [{status: 'rejected', reason}])
      if (result?.status === 'fulfilled') return parseSlots(result.value, node)
      failure = result?.reason
    }
    throw failure
  }

  function refresh(): Promise<readonly SlotRange[]> {
    reading ??= readMap()
      .then((read) => (ranges = read))
      .finally(() => {
        reading = undefined
      })
    return reading
  }

  /** Without waiting for it, and not in a row: whoever comes next finds it. */
  function refreshSoon(): void {
    if (performance.now() < mayReadAt) return
    mayReadAt = performance.now() + MAP_PAUSE_MS
    refresh().catch(() => undefined)
  }

  async function nodeOf(slot: number): Promise<string> {
    const find = (map: readonly SlotRange[]): string | undefined =>
      map.find(({first, last}) => slot >= first && slot <= last)?.node
    const node = find(ranges ?? (await refresh())) ?? find(await refresh())
    // A slot that nobody has: any node says so in the cluster's own words.
    return node ?? nameNode(seeds[0] ?? {host: 'localhost', port: 0})
  }

  return {
    async exchange(key, commands, timeoutMs) {
      const slot = hashSlotOf(key)
      let node = await nodeOf(slot)
      let isAsking = false
      for (let moves = 0; ; moves++) {
        const results: Results = await send(linkTo(node), commands, isAsking, timeoutMs).catch((error: unknown) => {
          refreshSoon()
          throw error
        })
        const [first] = results
        if (first?.status !== 'rejected') return results
        if (isLost(first.reason)) refreshSoon()
        const onward: Onward | undefined = moves < MOST_MOVES ? readOnward(first.reason, node) : undefined
        if (onward === undefined) return results
        if (onward.kind === 'moved') refreshSoon()
        if (onward.kind === 'later') await sleep(MOVE_PAUSE_MS)
        node = onward.node
        isAsking = onward.kind === 'ask'
      }
    },

    async masters() {
      const nodes = new Set((await refresh()).map(({node}) => node))
      return Array.from(nodes, (server) => ({server, link: linkTo(server)}))
    },

    epoch: () => Array.from(links.values()).reduce((sum, {epoch}) => sum + epoch, 0),

    async close() {
      await reading?.catch(() => undefined)
      await Promise.all(Array.from(links.values(), (link) => link.close()))
    },
  }
}

async function send(
  link: RedisLink,
  commands: readonly RedisCommand[],
  isAsking: boolean,
  timeoutMs: number | undefined,
): Promise<Results> {
  if (!isAsking) return link.exchange(commands, timeoutMs)
  // It holds for the one command that follows.
  const results = await link.exchange(
    commands.flatMap((command) => [['ASKING'], command]),
    timeoutMs,
  )
  return results.filter((_, index) => index % 2 === 1)
}

interface Onward {
  kind: 'moved' | 'ask' | 'later'
  node: string
}

/** Where a refusal says that the command belongs. */
function readOnward(error: unknown, from: string): Onward | undefined {
  if (isReply(error, 'TRYAGAIN')) return {kind: 'later', node: from}
  if (!isReply(error, 'MOVED', 'ASK')) return undefined
  const [word, , node = ''] = error.message.split(' ')
  // Without a host it is another port of the same one.
  const onward = node.startsWith(':') ? `${parseNode(from).host}${node}` : node
  return {kind: word === 'ASK' ? 'ask' : 'moved', node: onward}
}

/** @param reply of `CLUSTER SLOTS`. @param from the node that was asked: one without a host is on the same. */
function parseSlots(reply: unknown, from: string): SlotRange[] {
  return (reply as [number, number, [string | null, number]][]).map(([first, last, [host, port]]) => ({
    first,
    last,
    node: nameNode({host: host === null || host === '' || host === '?' ? parseNode(from).host : host, port}),
  }))
}

const nameNode = ({host, port}: RedisServerAddress): string => `${host}:${String(port)}`

/** Of `HOST:PORT`. The host may be an IPv6 address, with no brackets around it. */
export function parseNode(node: string): RedisServerAddress {
  const colon = node.lastIndexOf(':')
  return {host: node.slice(0, colon), port: Number(node.slice(colon + 1))}
}
