import type {Secret} from '../model/secret.js'

/** Where the store is: a file, or a Redis. */
export type StorePlace = JsonPlace | RedisPlace

export interface JsonPlace {
  kind: 'json'
  path: string
}

export interface RedisPlace {
  kind: 'redis'
  /** For messages: without credentials. */
  location: string
  topology: RedisTopology
  username?: string
  password?: Secret
  database: number
  /** What the names of all keys begin with. */
  prefix: string
  /** Certificates are verified, by those of the system or of this file. Undefined: not encrypted. */
  tls?: {caFile?: string}
  /** A folder of this machine, for replies that wait to be saved. */
  localPath: string
}

export type RedisTopology =
  | {kind: 'server'; server: RedisServerAddress}
  /** Some of its nodes; they know the others. */
  | {kind: 'cluster'; nodes: readonly RedisServerAddress[]}
  /** Sentinels, which know where the master of this name is. */
  | {kind: 'sentinel'; sentinels: readonly RedisServerAddress[]; master: string; password?: Secret}

export interface RedisServerAddress {
  host: string
  port: number
}
