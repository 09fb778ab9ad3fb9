import type {RedisServerAddress} from '../../config/store-place.js'
import {quoteWord} from '../../model/shell-words.js'

/** A command for a server as one types it. The password is left to `REDISCLI_AUTH`. */
export function redisCli(
  {host, port, isEncrypted}: RedisServerAddress & {isEncrypted: boolean},
  ...words: string[]
): string {
  return ['redis-cli', '-h', quoteWord(host), '-p', String(port), ...(isEncrypted ? ['--tls'] : []), ...words].join(' ')
}
