import type {EpochMs} from '../../model/time.js'

/** How tokens for Twurple are found. What is left out comes from the same settings as the command's. */
export interface AuthProviderOptions {
  /** Which provider of the Twitch dialect. Default: the only one there is, else `twitch`. */
  provider?: string | undefined
  /**
   * Who acts for an intent: `{chat: 'techydrroid'}`. An account as it is named everywhere, by its login, `id:ID` or
   * `subject:SUBJECT`.
   */
  intents?: Readonly<Record<string, string>> | undefined
  /** As for `openBehalf`. */
  store?: string | undefined
  secret?: string | undefined
  redisHost?: string | undefined
  redisUrl?: string | undefined
  /** Where the time comes from, in milliseconds since 1970. For tests. */
  clock?: {now(): EpochMs} | undefined
}
