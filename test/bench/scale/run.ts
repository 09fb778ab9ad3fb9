import {join} from 'node:path'

import {createSystemClock} from '../../../src/config/system-clock.js'
import {readSettings} from '../../../src/config/settings.js'
import {openStore} from '../../../src/store/open-store.js'
import type {Store} from '../../../src/store/store.js'
import {startRedisServer, type RedisServer} from '../../support/redis-server.js'
import {makeTemporaryFolder, removeFolder} from '../../support/temporary-folder.js'
import {compareStores} from './compare-stores.js'
import {fillStore, type FilledStore} from './filled-store.js'
import {MEASURES} from './measures.js'

// What a lookup, a check and a tick cost with few accounts and with many, as ratios of one run, and what an account
// takes of Redis's memory. The million takes minutes: BEHALF_SCALE_MILLION=0 leaves it out. BEHALF_SCALE_ACCOUNTS=N
// is for trying: N in the place of 100,000. Ends with 1 where a ratio on Redis is above the limit.

const LIMIT = 1.2
const FEW = 100
const MANY = Number(process.env.BEHALF_SCALE_ACCOUNTS ?? 100_000)
const MILLION = 1_000_000
const JSON_MANY = Math.min(10_000, MANY)

const clock = createSystemClock()
const folder = await makeTemporaryFolder()
const opened: Store[] = []

async function open(store: string): Promise<Store> {
  const settings = readSettings({}, {HOME: folder, XDG_DATA_HOME: folder, BEHALF_STORE: store})
  const secret = {kind: 'default-key-file', path: join(folder, 'secret.key')} as const
  const one = await openStore({place: settings.store, secret, clock})
  opened.push(one)
  return one
}

async function usedBytes(server: RedisServer): Promise<number> {
  const info = String(await server.command('INFO', 'memory'))
  return Number(/^used_memory:(\d+)/m.exec(info)?.[1])
}

const print = (line: string): void => void process.stdout.write(`${line}\n`)

/** @returns whether all ratios are within the limit. */
async function printComparison(where: string, small: FilledStore, large: FilledStore): Promise<boolean> {
  const columns = [small, large].map(({count}) => `${count.toLocaleString('en')} accounts`)
  print(`\n| ${where} | ${columns.join(' | ')} | ratio |\n| --- | ---: | ---: | ---: |`)
  let isWithin = true
  for (const measure of MEASURES) {
    const {name, smallMs, largeMs, ratio} = await compareStores(measure, small, large)
    print(`| ${name} | ${smallMs.toFixed(3)} ms | ${largeMs.toFixed(3)} ms | ${ratio.toFixed(2)} |`)
    isWithin &&= ratio <= LIMIT
  }
  return isWithin
}

async function fillRedis(server: RedisServer, name: string, count: number): Promise<FilledStore> {
  const before = await usedBytes(server)
  const filled = await fillStore(await open(`${server.url}?prefix=${name}:`), clock, count)
  const bytes = (await usedBytes(server)) - before
  const rate = Math.round((count / filled.filledInMs) * 1000).toLocaleString('en')
  const each = Math.round(bytes / count).toLocaleString('en')
  print(`${count.toLocaleString('en')} accounts in Redis: ${each} bytes of memory each, put ${rate} a second`)
  return filled
}

async function benchRedis(): Promise<boolean> {
  const server = await startRedisServer({config: ['appendfsync everysec']})
  try {
    const few = await fillRedis(server, 'few', FEW)
    const isWithin = await printComparison('Redis', few, await fillRedis(server, 'many', MANY))
    if (process.env.BEHALF_SCALE_MILLION === '0') return isWithin
    return (await printComparison('Redis', few, await fillRedis(server, 'million', MILLION))) && isWithin
  } finally {
    for (const store of opened.splice(0)) await store.close()
    await server.dispose()
  }
}

async function benchJson(): Promise<void> {
  const few = await fillStore(await open(`${folder}/few.json`), clock, FEW)
  const many = await fillStore(await open(`${folder}/many.json`), clock, JSON_MANY)
  await printComparison('JSON file', few, many)
}

try {
  const isWithin = await benchRedis()
  await benchJson()
  if (!isWithin) {
    print(`\nMore than ${String(LIMIT)} times of what it takes with few.`)
    process.exitCode = 1
  }
} finally {
  for (const store of opened) await store.close()
  await removeFolder(folder)
}
