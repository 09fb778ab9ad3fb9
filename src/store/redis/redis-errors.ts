import {ErrorReply} from '@redis/client'

import type {RedisPlace, RedisServerAddress} from '../../config/store-place.js'
import {BehalfError, type ErrorCode} from '../../model/behalf-error.js'
import {quoteWord} from '../../model/shell-words.js'
import {redisCli} from './redis-cli.js'
import {NO_REDIS} from './redis-client.js'

/** Whether the server refused a command, with this as the first word. */
export const isReply = (error: unknown, ...words: string[]): error is ErrorReply =>
  error instanceof ErrorReply && words.includes(firstWord(error.message))

const firstWord = (message: string): string => message.split(' ', 1)[0] ?? ''

/** Whether nothing is known of what the server did: no reply came. */
export const isLost = (error: unknown): boolean => !(error instanceof ErrorReply) && !(error instanceof BehalfError)

interface Meaning {
  code: ErrorCode
  why: string
  hint?: string
}

/** What a failure means, without anything secret: passwords stand in no message of ours. */
export function toRedisError(error: unknown, place: RedisPlace): BehalfError {
  if (error instanceof BehalfError) return error
  const {code, why, hint} = error instanceof ErrorReply ? explainReply(error.message, place) : explainLoss(error, place)
  return new BehalfError(code, `${place.location}: ${why}`, {cause: error, ...(hint !== undefined && {hint})})
}

/** @param message what the server said; it never repeats a password. */
function explainReply(message: string, {prefix}: RedisPlace): Meaning {
  const word = firstWord(message)
  if (word === 'NOPERM') return noPermission(prefix)
  const known = REPLIES[word]
  if (known !== undefined) return known
  const special = SPECIAL_REPLIES.find(([pattern]) => pattern.test(message))
  if (special !== undefined) return special[1]
  return {code: 'internal', why: `Redis refused a command: ${message.slice(0, 200)}`}
}

const CREDENTIALS = 'Set the user and the password in BEHALF_STORE (redis://USER:PASSWORD@…), or BEHALF_REDIS_PASSWORD.'

const REPLIES: Readonly<Record<string, Meaning>> = {
  OOM: {
    code: 'store-full',
    why: 'Redis has used up its maxmemory and takes no writes; what was stored before is unharmed',
    hint: 'redis-cli CONFIG SET maxmemory …',
  },
  READONLY: {
    code: 'store-read-only',
    why: 'this is a replica, which takes no writes',
    hint: 'Name the primary in BEHALF_STORE, or let sentinels find it: BEHALF_REDIS_SENTINELS, BEHALF_REDIS_MASTER.',
  },
  MISCONF: {
    code: 'store-read-only',
    why: 'Redis cannot save to its disk and takes no writes',
    hint: 'Its log says why; redis-cli INFO persistence',
  },
  NOAUTH: {code: 'configuration', why: 'Redis wants a password', hint: CREDENTIALS},
  WRONGPASS: {code: 'configuration', why: 'Redis does not know this user and password', hint: CREDENTIALS},
  MOVED: {
    code: 'configuration',
    why: 'this is a node of a cluster',
    hint: 'Set BEHALF_REDIS_CLUSTER to the addresses of its nodes.',
  },
  WRONGTYPE: {code: 'store-foreign', why: 'a key with a name of ours is of another type than behalf makes'},
  LOADING: {code: 'store-unavailable', why: 'Redis is still reading its data', hint: 'Try again in a moment.'},
  BUSY: {code: 'store-unavailable', why: 'a script keeps Redis busy', hint: 'Try again in a moment.'},
  TRYAGAIN: {code: 'store-unavailable', why: 'the cluster is moving keys', hint: 'Try again in a moment.'},
  MASTERDOWN: {code: 'store-unavailable', why: 'this replica has lost its primary', hint: 'redis-cli INFO replication'},
  CLUSTERDOWN: {code: 'store-unavailable', why: 'the cluster is down', hint: 'redis-cli CLUSTER INFO'},
  NOREPLICAS: {
    code: 'store-unavailable',
    why: 'Redis wants more replicas before it takes writes',
    hint: 'redis-cli INFO replication',
  },
}

const noPermission = (prefix: string): Meaning => ({
  code: 'configuration',
  why: 'the user of BEHALF_STORE has no permission for what behalf needs',
  hint: `redis-cli ACL SETUSER USER ${quoteWord(`~${prefix}*`)} ${NEEDED_COMMANDS}`,
})

/** All that behalf asks of one server; of a cluster besides: `+cluster|slots +asking`. */
const NEEDED_COMMANDS =
  '+@hash +@set +@sortedset +@stream +@string +del +unlink +exists +persist +pexpire +scan +time +type +eval +evalsha +select +ping +info +wait'

const SPECIAL_REPLIES: readonly (readonly [RegExp, Meaning])[] = [
  [
    /DB index is out of range|SELECT is not allowed/,
    {
      code: 'configuration',
      why: 'Redis does not have the database that BEHALF_STORE names',
      hint: 'redis-cli CONFIG GET databases',
    },
  ],
  [
    /without any password configured|AUTH.*called without/,
    {code: 'configuration', why: 'BEHALF_STORE has a password, and Redis knows none', hint: CREDENTIALS},
  ],
  [
    /max number of clients/,
    {code: 'store-unavailable', why: 'Redis has as many clients as it takes', hint: 'redis-cli CONFIG GET maxclients'},
  ],
]

function explainLoss(error: unknown, place: RedisPlace): Meaning {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return {
      code: 'configuration',
      why: 'the certificate of Redis is for another name',
      hint: 'Name Redis in BEHALF_STORE as its certificate does (openssl x509 -noout -ext subjectAltName shows it).',
    }
  }
  if (/^(?:CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS_CERT)/.test(code)) {
    return {
      code: 'configuration',
      why: `the certificate of Redis is not to be trusted (${code})`,
      hint: 'Set BEHALF_REDIS_CA_FILE to the certificate of who signed it.',
    }
  }
  if (/^(?:ERR_SSL_|EPROTO)/.test(code)) {
    return {
      code: 'configuration',
      why: 'what answers there does not speak TLS',
      hint: 'Write redis:// in BEHALF_STORE.',
    }
  }
  if (error instanceof Error && error.message.startsWith(NO_REDIS)) {
    return {
      code: 'configuration',
      why: 'what answers there is no Redis',
      hint: place.tls === undefined ? 'Look at BEHALF_STORE; with TLS it is rediss://' : 'Look at BEHALF_STORE.',
    }
  }
  const said = error instanceof Error && code === '' ? error.message : code
  return {
    code: 'store-unavailable',
    why: `Redis cannot be reached${said === '' ? '' : ` (${said})`}`,
    hint: `See that it runs, and that BEHALF_STORE names it: ${redisCli({...firstServer(place), isEncrypted: place.tls !== undefined}, 'PING')}`,
  }
}

function firstServer({topology}: RedisPlace): RedisServerAddress {
  if (topology.kind === 'server') return topology.server
  const [first] = topology.kind === 'cluster' ? topology.nodes : topology.sentinels
  return first ?? {host: 'localhost', port: 6379}
}
