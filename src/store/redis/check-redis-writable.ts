import {BehalfError} from '../../model/behalf-error.js'
import type {RedisConnection} from './connection.js'

/**
 * Does nothing, and says by its first line that it might write: where no writes are taken, for want of memory, as a
 * replica or because of its disk, Redis refuses it before it runs (from Redis 7 on).
 */
const MIGHT_WRITE = '#!lua\nreturn 1'

/** @throws BehalfError `store-read-only`, `store-full`, `store-unavailable`. */
export async function checkRedisWritable(connection: RedisConnection): Promise<void> {
  try {
    await connection.askMasters(['EVAL', MIGHT_WRITE, '0'])
  } catch (error) {
    // Redis 6 does not know such a line, and says nothing of writes.
    if (!(error instanceof BehalfError && error.code === 'internal')) throw error
  }
}
