type Environment = Readonly<Record<string, string | undefined>>

/** What opens the store or speaks for the application: a program that is handed one token gets no more than that. */
const WITHHELD =
  /^(?:BEHALF_SECRET\w*|BEHALF_TOKEN|BEHALF_[A-Z0-9_]+_CLIENT_SECRET|TWITCH_CLIENT_SECRET|HUBOT_TWITTER_CONSUMER_SECRET|HUBOT_JENKINS_CRYPTO_SECRET)$/

/** The environment for a program that is run with an account's token. */
export function readProgramEnvironment(environment: Environment = process.env): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter(
      (pair): pair is [string, string] => pair[1] !== undefined && !WITHHELD.test(pair[0]),
    ),
  )
}
