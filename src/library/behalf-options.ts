import type {EpochMs} from '../model/time.js'

/**
 * How a program opens behalf. What is left out comes from the same settings as the command's, `BEHALF_…` in the
 * environment, so that both find the same store.
 */
export interface BehalfOptions {
  /** The file where everything is kept; `.json` is added to a name without an extension. Else `BEHALF_STORE`. */
  store?: string | undefined
  /** The sealing secret: 32 random bytes in base64url, or a passphrase. Else `BEHALF_SECRET` or `BEHALF_SECRET_FILE`. */
  secret?: string | undefined
  /**
   * The redirect URI, registered at the service exactly so, at which the program mounts `handleRedirect`: its folder is
   * the mount. `https://bot.example/oauth/callback` has it answer everything below `https://bot.example/oauth/`. Else
   * `BEHALF_CALLBACK_URL`, and the pages are then those of a daemon, or nobody's.
   */
  callbackUrl?: string | undefined
  /** What the pages call the program: "NAME asks to …". Default: the host of the redirect URI. */
  appName?: string | undefined
  /** A Redis server by its host. Not in this version. Wins over `redisUrl`. */
  redisHost?: string | undefined
  /** `redis://…` or `rediss://…`. Not in this version. */
  redisUrl?: string | undefined
  /**
   * Tells a person how their login ended, or that they need one: in the chat, say. Called for flows that end in this
   * program. What it throws is logged and harms nothing.
   */
  notify?: Notify | undefined
  /** Gets what an operator should know, a line each, never a secret. `console`, pino and winston fit. Default: nobody. */
  logger?: Logger | undefined
  /** Where the time comes from, in milliseconds since 1970. For tests. */
  clock?: {now(): EpochMs} | undefined
}

/** @param text For people, in one or more lines; may hold an address to open. */
export type Notify = (subject: string, text: string) => unknown

export interface Logger {
  info(line: string): unknown
  warn(line: string): unknown
  error(line: string): unknown
}
